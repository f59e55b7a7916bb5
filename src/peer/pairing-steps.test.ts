import { afterEach, expect, test } from 'vitest';
import { steps, type Step } from '../interlinks/steps.ts';
import { MemoryStore } from '../interlinks/testing/memory-store.ts';
import { SystemPool } from './testing/system-pool.ts';
import { link } from './testing/test-system.ts';

const pool = new SystemPool();
afterEach(async () => await pool.stopAll());

const reads: ReadonlySet<PropertyKey> = new Set([
  'list',
  'find',
  'secrets',
  'issuedPairing',
  'openRedemptions',
  'withdrawnRedemption',
  'unfinishedEnds',
]);

/** A store, and how many steps had been made before each write to it. */
class WatchedStore {
  readonly stepsBeforeWrites: number[] = [];
  steps: readonly Step[] = [];
  readonly store = new Proxy(new MemoryStore(), {
    get: (target, name) => {
      const member: unknown = Reflect.get(target, name, target);
      if (typeof member !== 'function') return member;
      return (...parameters: unknown[]): unknown => {
        if (!reads.has(name)) this.stepsBeforeWrites.push(this.steps.length);
        return Reflect.apply(member, target, parameters);
      };
    },
  });
}

test('every step of a pairing is in the lists that the crash tests go through, and every write has its step', async () => {
  const [atBerlin, atLisbon] = [new WatchedStore(), new WatchedStore()];
  const berlin = await pool.start({ name: 'Berlin', address: '127.0.0.2', store: atBerlin.store });
  const lisbon = await pool.start({ name: 'Lisbon', address: '127.0.0.3', store: atLisbon.store });
  atBerlin.steps = berlin.steps;
  atLisbon.steps = lisbon.steps;
  await link(berlin, lisbon);
  expect(berlin.steps).toEqual(steps.issuer);
  expect(lisbon.steps).toEqual(steps.redeemer);
  // Each time it has written, a step follows before it writes again: there it can be killed. Berlin writes the key
  // and the id of the confirming request besides.
  expect(atBerlin.stepsBeforeWrites).toEqual([0, 1, 2, 3]);
  expect(atLisbon.stepsBeforeWrites).toEqual([0, 2, 4]);
});
