import { expect, test, vi } from 'vitest';
import { activeInterlink, localNumber, numberPlan } from '../domain/testing.ts';
import type { ActiveInterlink } from '../domain/interlink.ts';
import type { LookupAnswer, PeerLookups } from './peer-lookups.ts';
import { routeCall, type Route } from './route-call.ts';

type Says = LookupAnswer | 'away' | 'silent';

const shared = (ticket: string): LookupAnswer => ({ status: 'shared', ticket });
const unknown: LookupAnswer = { status: 'unknown' };

function office(peers: Readonly<Record<string, Says>>) {
  const interlinks = Object.keys(peers).map((name) => activeInterlink(name));
  const ask = vi.fn<PeerLookups['ask']>(async (interlink: ActiveInterlink) => {
    const says = peers[interlink.name];
    return says === undefined || says === 'silent' || says === 'away' ? undefined : says;
  });
  const deps = {
    plan: () => numberPlan(localNumber('101'), localNumber('190', { private: true })),
    interlinks: {
      active: () => interlinks,
      isAway: (id: string) =>
        peers[interlinks.find((interlink) => interlink.id === id)?.name ?? ''] === 'away',
    },
    lookups: { ask },
  };
  const dial = (dialed: string, fromTrunk = false): Promise<Route> =>
    routeCall(deps, { callId: 'c1', dialed, caller: { number: '101', name: 'Reception' }, fromTrunk });
  return { dial, ask };
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

test('everybody says unknown: unknown', async () => {
  expect((await office({ Lisbon: unknown, Porto: unknown }).dial('201')).kind).toBe('unknown');
  expect((await office({}).dial('201')).kind).toBe('unknown');
});

test('one that might have it is away or silent: no wrong number', async () => {
  expect((await office({ Lisbon: 'away', Porto: unknown }).dial('201')).kind).toBe('away');
  expect((await office({ Lisbon: 'silent', Porto: unknown }).dial('201')).kind).toBe('away');
});

test('who is known to be away is not asked, and does not keep others from answering', async () => {
  const { dial, ask } = office({ Lisbon: 'away', Porto: shared('t') });
  expect((await dial('201')).kind).toBe('trunk');
  expect(ask.mock.calls.map(([interlink]) => interlink.name)).toEqual(['Porto']);
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

test('a caller who hangs up ends the asking', async () => {
  const hungUp = new AbortController();
  const lookups = {
    ask: (_to: unknown, _query: unknown, signal: AbortSignal) =>
      new Promise<undefined>((resolve) => signal.addEventListener('abort', () => resolve(undefined))),
  };
  const deps = {
    plan: () => numberPlan(),
    interlinks: { active: () => [activeInterlink('Lisbon')], isAway: () => false },
    lookups,
  };
  const caller = { number: undefined, name: 'Berlin' };
  const route = routeCall(deps, { callId: 'c1', dialed: '201', caller, fromTrunk: false }, hungUp.signal);
  hungUp.abort();
  expect((await route).kind).toBe('away');
});
