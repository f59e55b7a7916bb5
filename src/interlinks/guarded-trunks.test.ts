import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { GuardedTrunks } from './guarded-trunks.ts';
import type { HostVerdict } from './host-check.ts';
import { silentLogger } from './testing/samples.ts';
import type { Trunk } from './trunk-provisioner.ts';

let verdict: HostVerdict;
let there: Set<string>;
let heldBack: string[];
let changed: string[];
let guarded: GuardedTrunks;
let checks: number;

function trunk(name: string, host = 'lisbon.example'): Trunk {
  return { name, address: { kind: 'pjsip', host, port: 5071 }, secrets: { inbound: 'in', outbound: 'out' } };
}

beforeEach(() => {
  vi.useFakeTimers();
  verdict = 'allowed';
  checks = 0;
  there = new Set();
  heldBack = [];
  changed = [];
  guarded = new GuardedTrunks(
    {
      put: async ({ name }) => void (await Promise.resolve(there.add(name))),
      remove: async (name) => void (await Promise.resolve(there.delete(name))),
      apply: async () => await Promise.resolve(),
      list: async () => await Promise.resolve([...there]),
    },
    {
      checkHost: async () => {
        checks += 1;
        return await Promise.resolve(verdict);
      },
      onHeldBack: (name) => heldBack.push(name),
      onChanged: (name) => changed.push(name),
      logger: silentLogger,
    },
  );
});
afterEach(async () => {
  await guarded.stop();
  vi.useRealTimers();
});

const pass = async (milliseconds: number) => await vi.advanceTimersByTimeAsync(milliseconds);

test('a trunk whose host is another system gets through', async () => {
  await guarded.put(trunk('il-a'));
  await pass(60_000);
  expect([await guarded.list(), heldBack, changed]).toEqual([['il-a'], [], []]);
});

test.each(['refused', 'unresolved'] as const)(
  'one whose host is %s does not, and an older one goes',
  async (now) => {
    await guarded.put(trunk('il-a'));
    verdict = now;
    await guarded.put(trunk('il-a', 'moved.example'));
    expect([await guarded.list(), heldBack]).toEqual([[], ['il-a']]);
  },
);

test('a name that leads elsewhere from now on is noticed within 30 s, in either direction', async () => {
  await guarded.put(trunk('il-a'));
  verdict = 'refused';
  await pass(30_000);
  expect(changed).toEqual(['il-a']);
  await guarded.put(trunk('il-a'));
  verdict = 'allowed';
  await pass(30_000);
  expect(changed).toEqual(['il-a', 'il-a']);
});

test('a name server in trouble ends no trunk, and one that was held back comes with its end', async () => {
  await guarded.put(trunk('il-a'));
  verdict = 'unresolved';
  await guarded.put(trunk('il-b'));
  await guarded.put(trunk('il-a'));
  await pass(60_000);
  expect([await guarded.list(), changed]).toEqual([['il-a'], []]);
  verdict = 'allowed';
  await pass(30_000);
  expect(changed).toEqual(['il-b']);
});

test('trunks that are put again, since Asterisk was away, wait for no name server', async () => {
  await guarded.put(trunk('il-a'));
  await guarded.put(trunk('il-a'));
  expect(checks).toBe(1);
  await guarded.put(trunk('il-a', 'moved.example'));
  expect(checks).toBe(2);
});

test('what was removed is not looked up any more', async () => {
  await guarded.put(trunk('il-a'));
  await guarded.remove('il-a');
  verdict = 'refused';
  await pass(60_000);
  expect([await guarded.list(), changed]).toEqual([[], []]);
});
