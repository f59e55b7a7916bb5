import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { Limiter } from '../domain/limiter.ts';
import { NumberPlan } from '../domain/number-plan.ts';
import { activeInterlink, localNumber, numberPlan } from '../domain/testing/samples.ts';
import type { ActiveInterlink } from '../domain/interlink.ts';
import type { LookupAnswer, PeerLookups } from './peer-lookups.ts';
import { routeCall, type Route } from './route-call.ts';

type Says = LookupAnswer | 'away' | 'silent' | 'never';

const shared = (ticket: string): LookupAnswer => ({ status: 'shared', ticket });
const unknown: LookupAnswer = { status: 'unknown' };

/**
 * @param doubtful peers, among these, that do not list the number, and may have it all the same
 * @param prefixes of peers, by name
 */
function office(
  peers: Readonly<Record<string, Says>>,
  doubtful: readonly string[] = [],
  prefixes: Readonly<Record<string, string>> = {},
) {
  const ask = vi.fn<PeerLookups['ask']>(async (interlink: ActiveInterlink) => {
    const says = peers[interlink.name];
    if (says === 'never') return await new Promise<never>(() => undefined);
    return says === undefined || says === 'silent' || says === 'away' ? undefined : says;
  });
  const owners = Object.entries(peers).map(([name, says]) => ({
    interlink: activeInterlink(name, name in prefixes ? { prefix: prefixes[name] ?? '' } : {}),
    listed: !doubtful.includes(name),
    away: says === 'away',
  }));
  const deps = {
    plan: () =>
      new NumberPlan([localNumber('101'), localNumber('190', { private: true }), localNumber('82150')], {
        min: 2,
        max: 6,
        emergency: ['112'],
        ownPrefix: '80',
      }),
    interlinks: { active: () => owners.map(({ interlink }) => interlink) },
    directories: { whoMayHave: () => owners },
    lookups: { ask },
    unlistedTurns: new Limiter(3),
  };
  const dial = (dialed: string, fromTrunk = false, signal?: AbortSignal): Promise<Route> =>
    routeCall(
      deps,
      { callId: 'c1', dialed, caller: { number: '101', name: 'Reception' }, fromTrunk },
      signal,
    );
  const asked = (): readonly string[] => ask.mock.calls.map(([interlink]) => interlink.name);
  return { dial, ask, asked };
}

test('a local number wins, private or not, and nobody is asked', async () => {
  const { dial, ask } = office({ Lisbon: shared('t') });
  expect(await dial('101')).toMatchObject({ kind: 'local', number: { number: '101' } });
  expect(await dial('190')).toMatchObject({ kind: 'local' });
  expect(ask).not.toHaveBeenCalled();
});

test('the peer that has it gets the call, with its ticket', async () => {
  const { dial, ask } = office({ Lisbon: shared('t1'), Porto: unknown });
  expect(await dial('201')).toMatchObject({
    kind: 'trunk',
    candidates: [{ interlink: { name: 'Lisbon' }, ticket: 't1' }],
  });
  expect(ask).toHaveBeenCalledWith(
    expect.objectContaining({ name: 'Lisbon' }),
    { number: '201', callId: 'c1', caller: { number: '101', name: 'Reception' } },
    expect.any(AbortSignal),
  );
});

test('several peers that have it are tried oldest first', async () => {
  const { dial } = office({ Oldest: shared('t1'), Middle: unknown, Newest: shared('t2') });
  const route = await dial('201');
  expect(route.kind === 'trunk' && route.candidates.map(({ ticket }) => ticket)).toEqual(['t1', 't2']);
});

test('one that is silent holds up a call for a moment only which another one takes', async () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const began = Date.now();
  const { dial } = office({ Oldest: 'never', Middle: shared('t1'), Newest: shared('t2') });
  const routed = dial('201').then((route) => ({ route, afterMs: Date.now() - began }));
  await vi.advanceTimersByTimeAsync(1500);
  const { route, afterMs } = await routed;
  expect(route).toMatchObject({ kind: 'trunk', candidates: [{ ticket: 't1' }, { ticket: 't2' }] });
  expect(route).toMatchObject({
    asked: [{ answer: 'no-answer' }, { answer: 'shared' }, { answer: 'shared' }],
  });
  expect(afterMs).toBe(200);
});

test('everybody says unknown: unknown', async () => {
  expect((await office({ Lisbon: unknown, Porto: unknown }).dial('201')).kind).toBe('unknown');
  expect((await office({}).dial('201')).kind).toBe('unknown');
});

test('one that might have it is away or silent: no wrong number', async () => {
  expect((await office({ Lisbon: 'away', Porto: unknown }).dial('201')).kind).toBe('away');
  expect((await office({ Lisbon: 'silent', Porto: unknown }).dial('201')).kind).toBe('away');
});

test('who is known to be away is not asked, and does not keep others from answering', async () => {
  const { dial, asked } = office({ Lisbon: 'away', Porto: shared('t') });
  expect((await dial('201')).kind).toBe('trunk');
  expect(asked()).toEqual(['Porto']);
});

test.each(['112', '2', '1234567', '201@il-x', '20&1', ''])('%j is asked of nobody', async (dialed) => {
  const { dial, ask } = office({ Lisbon: shared('t') });
  expect((await dial(dialed)).kind).toBe('foreign');
  expect(ask).not.toHaveBeenCalled();
});

test('a call that came over a trunk reaches local numbers and nothing else', async () => {
  const { dial, ask } = office({ Porto: shared('t') });
  expect((await dial('101', true)).kind).toBe('local');
  expect((await dial('301', true)).kind).toBe('unknown');
  expect(ask).not.toHaveBeenCalled();
});

test('a caller who hangs up ends the asking, whatever the asking thinks of it', async () => {
  const hungUp = new AbortController();
  const lookups = { ask: () => new Promise<undefined>(() => undefined) };
  const deps = {
    plan: () => numberPlan(),
    interlinks: { active: () => [] },
    directories: {
      whoMayHave: () => [{ interlink: activeInterlink('Lisbon'), listed: true, away: false }],
    },
    lookups,
    unlistedTurns: new Limiter(1),
  };
  const caller = { number: undefined, name: 'Berlin' };
  const route = routeCall(deps, { callId: 'c1', dialed: '201', caller, fromTrunk: false }, hungUp.signal);
  hungUp.abort();
  expect((await route).kind).toBe('away');
});

test('who does not list the number is asked only when nobody who lists it says yes', async () => {
  const yes = office({ Lisbon: shared('t1'), Porto: shared('t2') }, ['Porto']);
  expect(await yes.dial('201')).toMatchObject({ kind: 'trunk', candidates: [{ ticket: 't1' }] });
  expect(yes.asked()).toEqual(['Lisbon']);

  const no = office({ Lisbon: unknown, Porto: shared('t2') }, ['Porto']);
  expect(await no.dial('201')).toMatchObject({ kind: 'trunk', candidates: [{ ticket: 't2' }] });
  expect(no.asked()).toEqual(['Lisbon', 'Porto']);
});

test('of many that do not list it, so many at a time are asked by all calls together; one alone at once', async () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const peers = Object.fromEntries(
    Array.from({ length: 9 }, (_, index) => [`Office${index}`, 'never' as const]),
  );
  const { dial, ask } = office(peers, Object.keys(peers), { Office8: '83' });
  const asked = (): readonly string[] => ask.mock.calls.map(([, { number }]) => number);
  const first = dial('201');
  await vi.advanceTimersByTimeAsync(500);
  const second = dial('202');
  expect((await dial('203', false, AbortSignal.timeout(0))).kind).toBe('away');
  expect(asked()).toEqual(['201', '201', '201']);
  expect((await dial('83209', false, AbortSignal.timeout(0))).kind).toBe('away');
  await vi.advanceTimersByTimeAsync(999);
  expect(asked()).toEqual(['201', '201', '201', '209']);
  await vi.advanceTimersByTimeAsync(1);
  expect((await first).kind).toBe('away');
  expect(asked().slice(4)).toEqual(['202', '202', '202']);
  await vi.advanceTimersByTimeAsync(500);
  expect((await second).kind).toBe('away');
  expect(asked()).toHaveLength(7);
});

test('of many that list the number, a few at a time are asked until one says yes', async () => {
  const answers = Array.from({ length: 50 }, (_, index) => (index < 6 ? unknown : shared(`t${index}`)));
  const { dial, asked } = office(
    Object.fromEntries(answers.map((answer, index) => [`Office${index}`, answer])),
  );
  expect(await dial('201')).toMatchObject({
    kind: 'trunk',
    candidates: [{ ticket: 't6' }, { ticket: 't7' }],
  });
  expect(asked()).toHaveLength(8);
});

/** Lisbon has the prefix 82, Porto 83, and this system itself 80. */
const dialing = (peers: Readonly<Record<string, Says>>) => office(peers, [], { Lisbon: '82', Porto: '83' });

describe('behind a prefix', () => {
  test('its peer alone is asked, for the number that follows, and is called with that', async () => {
    const { dial, ask } = dialing({ Porto: shared('p'), Lisbon: shared('l') });
    expect(await dial('82101')).toMatchObject({
      kind: 'trunk',
      candidates: [{ interlink: { name: 'Lisbon' }, number: '101', ticket: 'l' }],
    });
    expect(ask.mock.calls.map(([interlink, query]) => [interlink.name, query.number])).toEqual([
      ['Lisbon', '101'],
    ]);
  });

  test('a peer that does not have it is not replaced by another', async () => {
    const { dial, asked } = dialing({ Porto: shared('p'), Lisbon: unknown });
    expect(await dial('82201')).toMatchObject({ kind: 'unknown' });
    expect(asked()).toEqual(['Lisbon']);
  });

  test('a peer that is away is no wrong number', async () => {
    expect((await dialing({ Porto: shared('p'), Lisbon: 'away' }).dial('82201')).kind).toBe('away');
  });

  test('a local number wins that is dialed the same', async () => {
    const { dial, ask } = dialing({ Lisbon: shared('l') });
    expect(await dial('82150')).toMatchObject({ kind: 'local', number: { number: '82150' } });
    expect(ask).not.toHaveBeenCalled();
  });

  test('of a peer, no emergency number is asked for', async () => {
    const { dial, ask } = dialing({ Lisbon: shared('l') });
    expect(await dial('82112')).toEqual({ kind: 'foreign', why: 'emergency' });
    expect(ask).not.toHaveBeenCalled();
  });

  test('of this system itself, a number stays here', async () => {
    const { dial, ask } = dialing({ Lisbon: shared('l') });
    expect(await dial('80101')).toMatchObject({ kind: 'local', number: { number: '101' } });
    expect(await dial('80201')).toEqual({ kind: 'foreign', why: 'own-prefix' });
    expect(ask).not.toHaveBeenCalled();
  });

  test('nothing dialed goes to the peer for a call that came from a peer', async () => {
    const { dial, ask } = dialing({ Lisbon: shared('l') });
    expect((await dial('82101', true)).kind).toBe('unknown');
    expect(await dial('80101', true)).toMatchObject({ kind: 'local' });
    expect(ask).not.toHaveBeenCalled();
  });
});
