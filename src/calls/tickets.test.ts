import { beforeEach, describe, expect, test } from 'vitest';
import { activeInterlink, localNumber, numberPlan } from '../domain/testing/samples.ts';
import type { NumberPlan } from '../domain/number-plan.ts';
import { admitCall, type Admission } from './admit-call.ts';
import { answerLookup } from './answer-lookup.ts';
import { CallLimit } from './call-limit.ts';
import { LookupLimit } from './lookup-limit.ts';
import type { LookupAnswer } from './peer-lookups.ts';
import { TicketOffice } from './tickets.ts';

const lisbon = activeInterlink('Lisbon');
const porto = activeInterlink('Porto');
let now: number;
let plan: NumberPlan;
let tickets: TicketOffice;
let limit: LookupLimit;
let warnings: object[];
let callLimit: CallLimit;
let up: { interlinkId: string; channel: string }[];

const ignore = (): void => undefined;

beforeEach(() => {
  now = 1000;
  plan = numberPlan(
    localNumber('101', { name: 'Reception' }),
    localNumber('190', { private: true }),
    localNumber('112'),
  );
  tickets = new TicketOffice(() => now);
  warnings = [];
  up = [];
  callLimit = new CallLimit(
    { calls: 4, perSecond: 2 },
    () => up,
    () => now,
  );
  const warn = (fields: object | string): void => void warnings.push(Object(fields));
  limit = new LookupLimit(() => now, { debug: ignore, info: ignore, error: ignore, warn });
});

function lookUp(number: string, from = lisbon): LookupAnswer {
  const query = { number, callId: 'c1', caller: { number: '201', name: 'João' } };
  return answerLookup({ plan: () => plan, tickets, limit }, from, query);
}

function guess(times: number): void {
  for (let number = 0; number < times; number++) lookUp(String(10_000 + number));
}

function ticketFor(number: string): string {
  const answer = lookUp(number);
  return answer.status === 'shared' ? answer.ticket : '';
}

function arrive(number: string, ticket: string, interlink: typeof lisbon | undefined = lisbon): Admission {
  return admitCall(
    { plan: () => plan, tickets, limit: callLimit, dialBack: (_interlink, number) => number },
    { interlink, channel: 'ch1', number, ticket },
  );
}

describe('a lookup', () => {
  test('of a shared number gives a ticket that nobody can guess', () => {
    expect(ticketFor('101')).toMatch(/^[A-Za-z0-9_-]{22}$/);
    expect(ticketFor('101')).not.toBe(ticketFor('101'));
  });

  test.each(['190', '112', '999', '101@il-0', ''])(
    'of %j, private, reserved, absent or malformed, is unknown',
    (number) => {
      expect(lookUp(number)).toEqual({ status: 'unknown' });
    },
  );
});

describe('a system that guesses', () => {
  test('through a number range finds every number unknown after a while, and is logged once', () => {
    guess(500);
    expect(lookUp('101')).toEqual({ status: 'unknown' });
    expect(warnings).toEqual([expect.objectContaining({ interlink: lisbon.id, name: 'Lisbon' })]);
  });

  test('does no harm to another', () => {
    guess(500);
    expect(lookUp('101', porto).status).toBe('shared');
  });

  test('is answered again when it has stopped', () => {
    guess(500);
    now += 10_000;
    expect(lookUp('101').status).toBe('shared');
    guess(500);
    expect(warnings).toHaveLength(1);
    now += 3_600_000;
    guess(500);
    expect(warnings).toHaveLength(2);
  });

  test('needs most of an hour for 10,000 numbers', () => {
    let found = 0;
    for (let second = 0; second < 1800; second++) {
      guess(4);
      if (lookUp('101').status === 'shared') found += 1;
      now += 1000;
    }
    expect(found).toBe(1800);
    for (let second = 0; second < 600; second++) {
      now += 1000;
      guess(20);
    }
    expect(lookUp('101').status).toBe('unknown');
  });

  test('is none that places 60 calls a second', () => {
    for (let call = 0; call < 6000; call++) {
      expect(lookUp('101').status).toBe('shared');
      now += 1000 / 60;
    }
  });
});

describe('a ticket', () => {
  test('lets its call in, with the caller that the lookup named', () => {
    expect(arrive('101', ticketFor('101'))).toEqual({
      kind: 'admitted',
      callId: 'c1',
      number: plan.find('101'),
      caller: { number: '201', name: 'Lisbon: João' },
      callerNumber: '201',
    });
  });

  test('works once', () => {
    const ticket = ticketFor('101');
    arrive('101', ticket);
    expect(arrive('101', ticket)).toEqual({ kind: 'refused', why: 'ticket-unknown-or-used' });
  });

  test('works for 30 s', () => {
    const early = ticketFor('101');
    const late = ticketFor('101');
    now += 30_000 - 1;
    expect(arrive('101', early).kind).toBe('admitted');
    now += 1;
    expect(arrive('101', late)).toEqual({ kind: 'refused', why: 'ticket-expired' });
  });

  test('does not work for another number', () => {
    plan = numberPlan(localNumber('101'), localNumber('102'));
    expect(arrive('102', ticketFor('101'))).toEqual({ kind: 'refused', why: 'ticket-other-number' });
  });

  test('does not work over another trunk, and is not spoilt by the attempt', () => {
    const ticket = ticketFor('101');
    expect(arrive('101', ticket, porto)).toEqual({ kind: 'refused', why: 'ticket-other-interlink' });
    expect(arrive('101', ticket).kind).toBe('admitted');
  });

  test('is needed', () => {
    expect(arrive('101', '')).toEqual({ kind: 'refused', why: 'ticket-missing' });
    expect(arrive('101', 'AAAAAAAAAAAAAAAAAAAAAA')).toEqual({
      kind: 'refused',
      why: 'ticket-unknown-or-used',
    });
  });

  test('does not replace the interlink', () => {
    const deps = { plan: () => plan, tickets, limit: callLimit, dialBack: () => '' };
    const call = { interlink: undefined, channel: 'ch1', number: '101', ticket: ticketFor('101') };
    expect(admitCall(deps, call)).toEqual({ kind: 'refused', why: 'trunk-no-interlink' });
  });

  test('does not open a number that has become private since', () => {
    const ticket = ticketFor('101');
    plan = numberPlan(localNumber('101', { private: true }));
    expect(arrive('101', ticket)).toEqual({ kind: 'unknown', callId: 'c1' });
  });
});

describe('what an interlink may carry', () => {
  const tooMany = { kind: 'refused', why: 'trunk-too-many-calls' };

  test('is so many calls at once, those of others not counted; the ticket stays good', () => {
    up = Array.from({ length: 3 }, (_, at) => ({ interlinkId: lisbon.id, channel: `up-${at}` }));
    up.push({ interlinkId: porto.id, channel: 'another' });
    expect(arrive('101', ticketFor('101')).kind).toBe('admitted');
    up.push({ interlinkId: lisbon.id, channel: 'up-3' });
    const ticket = ticketFor('101');
    expect(arrive('101', ticket)).toEqual(tooMany);
    expect(callLimit.hasRoom(lisbon.id, 'up-3')).toBe(true);
    expect(callLimit.hasRoom(lisbon.id, 'one-more')).toBe(false);
    up.pop();
    expect(arrive('101', ticket).kind).toBe('admitted');
  });

  test('is so many calls a second in the long run, also while more arrive', () => {
    for (let call = 0; call < 4; call += 1) expect(arrive('101', '')).not.toEqual(tooMany);
    expect(arrive('101', '')).toEqual(tooMany);
    const admitted = Array.from({ length: 100 }, () => {
      now += 100;
      return arrive('101', '');
    }).filter((admission) => 'why' in admission && admission.why !== tooMany.why);
    expect(admitted).toHaveLength(20);
    expect(arrive('101', '', porto)).not.toEqual(tooMany);
  });
});

test('the tickets of an interlink that has ended are worthless, those of others are not', () => {
  const ended = ticketFor('101');
  const other = lookUp('101', porto);
  tickets.revoke(lisbon.id);
  expect(arrive('101', ended)).toEqual({ kind: 'refused', why: 'ticket-unknown-or-used' });
  expect(other.status === 'shared' && arrive('101', other.ticket, porto).kind).toBe('admitted');
});
