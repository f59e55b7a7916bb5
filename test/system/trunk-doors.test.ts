import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { ticketLifetimeMs } from '../../src/calls/tickets.ts';
import { redirectingOf } from '../rig/ari.ts';
import { linkInClear } from '../rig/linking.ts';
import { startOffice, type Office } from '../rig/office.ts';
import { lastCall } from '../rig/records.ts';
import { sipRequest, type SipCredentials, type SipRequest } from '../rig/sipp.ts';
import { untilIdle } from '../rig/talk.ts';
import { keepTickets, unusedTicket } from '../rig/tickets.ts';
import { trunkCredentials } from '../rig/trunk-credentials.ts';

/** What a call to a phone of Berlin ends with when it got through: the phone is busy. */
const BUSY = 486;
const REFUSED = 403;

const SHARED = '101';
const PRIVATE = '190';
const UNKNOWN = '199';
const MALFORMED = [
  '101%26102',
  '101%2F1',
  '101,1',
  '101%40il-0000000000000000',
  '101%0A',
  '%D9%A1%D9%A0%D9%A1',
  'abc',
  '101a',
];

let berlin: Office;
let lisbon: Office;
let porto: Office;
let server: string;
let asLisbon: SipCredentials;
let asPorto: SipCredentials;

beforeAll(async () => {
  [berlin, lisbon, porto] = await Promise.all([
    startOffice({
      name: 'Berlin',
      numbers: [{ number: SHARED }, { number: '102' }, { number: PRIVATE, private: true }],
      phones: { [SHARED]: 1000, [PRIVATE]: 620 },
    }),
    startOffice({ name: 'Lisbon', numbers: [{ number: '201' }] }),
    startOffice({ name: 'Porto', numbers: [{ number: '301' }], phones: { '301': 440 } }),
  ]);
  // sipp speaks UDP. What is let in is decided after that, and alike for both.
  await linkInClear(berlin, lisbon);
  await linkInClear(berlin, porto);
  server = `${berlin.address}:${berlin.pbx.trunkPort}`;
  [asLisbon, asPorto] = [await trunkCredentials(lisbon), await trunkCredentials(porto)];
  await keepTickets(porto, 'pjsip');
  for (const number of [SHARED, PRIVATE]) berlin.phone(number).manner = 'busy';
});

afterAll(() => Promise.all([berlin, lisbon, porto].map((office) => office.stop())));

afterEach(() => untilIdle(berlin));

async function call(
  to: string,
  credentials: SipCredentials,
  ticket?: string,
  more: readonly string[] = [],
): Promise<number | undefined> {
  const headers = [...(ticket === undefined ? [] : [`X-Interlinks-Ticket: ${ticket}`]), ...more];
  const { status } = await sipRequest({
    method: 'INVITE',
    server,
    to,
    from: credentials.user,
    credentials,
    headers,
  });
  return status;
}

async function lastRefusal(): Promise<unknown> {
  const lines = berlin.service.output().split('\n');
  return JSON.parse(lines.findLast((line) => line.includes('call over a trunk refused')) ?? '{}');
}

describe('a call over the trunk', () => {
  test('is let in once by its ticket', async () => {
    const ticket = await unusedTicket(porto, '301', SHARED);
    expect(await call(SHARED, asPorto, ticket)).toBe(BUSY);
    expect(await call(SHARED, asPorto, ticket)).toBe(REFUSED);
    await expect.poll(lastRefusal).toMatchObject({ reason: 'ticket-unknown-or-used', number: SHARED });
    expect(await lastCall(berlin, 'in', SHARED)).toMatchObject({ outcome: 'refused' });
  });

  test('shows nobody who is said to have forwarded it', async () => {
    const phone = berlin.phone(SHARED);
    phone.manner = 'rings';
    onTestFinished(() => void (phone.manner = 'busy'));
    const from = phone.events.list.length;
    const called = call(SHARED, asPorto, await unusedTicket(porto, '301', SHARED), [
      'Diversion: "Boss" <sip:190@berlin.example>',
    ]);
    await phone.waitFor('incoming', { from });
    expect(await redirectingOf(berlin.pbx)).toEqual(['', '']);
    await berlin.pbx.asterisk.cli('channel request hangup all');
    await called;
  });

  test.each([
    ['no ticket', SHARED, undefined, 'ticket-missing'],
    ['an invented ticket', SHARED, 'AAAAAAAAAAAAAAAAAAAAAA', 'ticket-unknown-or-used'],
  ])('is refused with %s', async (_what, number, ticket, reason) => {
    expect(await call(number, asPorto, ticket)).toBe(REFUSED);
    await expect.poll(lastRefusal).toMatchObject({ reason, number });
  });

  test('is refused with a ticket for another number', async () => {
    expect(await call('102', asPorto, await unusedTicket(porto, '301', SHARED))).toBe(REFUSED);
    await expect.poll(lastRefusal).toMatchObject({ reason: 'ticket-other-number', number: '102' });
  });

  test("is refused with another interlink's ticket, which stays good for its owner", async () => {
    const ticket = await unusedTicket(porto, '301', SHARED);
    expect(await call(SHARED, asLisbon, ticket)).toBe(REFUSED);
    await expect.poll(lastRefusal).toMatchObject({ reason: 'ticket-other-interlink' });
    expect(await call(SHARED, asPorto, ticket)).toBe(BUSY);
  });

  test('is refused with a ticket that is too old', async () => {
    const ticket = await unusedTicket(porto, '301', SHARED);
    await delay(ticketLifetimeMs);
    expect(await call(SHARED, asPorto, ticket)).toBe(REFUSED);
    await expect.poll(lastRefusal).toMatchObject({ reason: 'ticket-expired', number: SHARED });
  });

  test.each(MALFORMED)('to %s is unknown and rings nobody, even with a ticket', async (to) => {
    const rang = berlin.phone(SHARED).events.list.length;
    expect(await call(to, asPorto, await unusedTicket(porto, '301', SHARED))).toBe(404);
    expect(berlin.phone(SHARED).events.list.slice(rang)).toEqual([]);
  });
});

const REQUESTS: readonly Pick<SipRequest, 'method' | 'headers'>[] = [
  { method: 'INVITE' },
  { method: 'OPTIONS' },
  { method: 'MESSAGE' },
  { method: 'SUBSCRIBE', headers: ['Event: presence', 'Expires: 60'] },
  { method: 'PUBLISH', headers: ['Event: presence', 'Expires: 60'] },
  { method: 'REFER', headers: ['Refer-To: <sip:190@127.0.0.1>'] },
];

describe.each(REQUESTS)('$method at the trunk port', (request) => {
  /** Statuses for a shared, a private and an unknown number. */
  function statuses(who: Pick<SipRequest, 'from' | 'credentials'>): Promise<readonly (number | undefined)[]> {
    return Promise.all(
      [SHARED, PRIVATE, UNKNOWN].map((to) =>
        sipRequest({ ...request, ...who, server, to }).then(({ status }) => status),
      ),
    );
  }

  test('tells a linked system without a ticket nothing about numbers', async () => {
    const [shared, hidden, absent] = await statuses({ from: asLisbon.user, credentials: asLisbon });
    expect(shared).toBeDefined();
    expect([hidden, absent]).toEqual([shared, shared]);
  });

  test('tells a stranger nothing but that it is locked', async () => {
    expect(await statuses({ from: 'stranger' })).toEqual([401, 401, 401]);
    const credentials = { user: asLisbon.user, password: 'guessed' };
    expect(await statuses({ from: asLisbon.user, credentials })).toEqual([401, 401, 401]);
  });
});

test('a message of a linked system runs no dial plan', async () => {
  await sipRequest({ method: 'MESSAGE', server, to: SHARED, from: asLisbon.user, credentials: asLisbon });
  expect(await berlin.pbx.asterisk.log()).not.toMatch(/Executing \[[^\]]*\] \w+\("Message/);
});
