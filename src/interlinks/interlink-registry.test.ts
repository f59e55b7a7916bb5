import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { identityPrefixOf } from '../domain/ed25519-key.ts';
import { trunkName } from '../domain/interlink.ts';
import type { Interlink } from '../domain/interlink.ts';
import { InterlinkRegistry } from './interlink-registry.ts';
import type { InterlinkChange } from './interlink-registry.ts';
import { SampleInterlinks } from './testing/samples.ts';

let samples: SampleInterlinks;
beforeEach(() => {
  samples = new SampleInterlinks();
});

test('reads what is stored, oldest first, and finds it in every way', async () => {
  const berlin = await samples.addActive('ber');
  const faro = await samples.addKey('far');
  const registry = new InterlinkRegistry(samples.store);
  await registry.load();
  expect(registry.all().map(({ name }) => name)).toEqual(['ber', 'far']);
  expect(registry.active()).toEqual([berlin]);
  expect(registry.find(faro.id)).toEqual(faro);
  expect(registry.findByTrunk(trunkName(berlin.id))).toEqual(berlin);
  expect(registry.findByTrunk('il-nobody')).toBeUndefined();
  expect(registry.findByPeerIdentity(identityPrefixOf(berlin.peer?.id ?? ''))).toEqual(berlin);
  expect(registry.findByPeerIdentity(new Uint8Array(16))).toBeUndefined();
});

test('forgets what has ended, except when asked for it', async () => {
  const { id } = await samples.addActive('ber');
  await samples.bury(id);
  expect(samples.registry.all()).toEqual([]);
  expect(samples.registry.find(id)).toBeUndefined();
  expect(samples.registry.findByTrunk(trunkName(id))).toBeUndefined();
  expect(await samples.registry.findEver(id)).toMatchObject({ state: 'tombstone' });
  expect(await samples.registry.findEver('0'.repeat(26))).toBeUndefined();
});

test('tells of changes until unsubscribed', async () => {
  const changes: InterlinkChange[] = [];
  const unsubscribe = samples.registry.subscribe((change) => changes.push(change));
  const key = await samples.addKey('ber');
  await samples.bury(key.id);
  await samples.registry.refresh('0'.repeat(26));
  unsubscribe();
  await samples.addKey('far');
  expect(changes).toEqual([
    { before: undefined, after: key },
    { before: key, after: undefined },
  ]);
});

test('an older read never overwrites a newer one', async () => {
  const versions = ['first', 'second'].map(
    (name) => ({ id: 'x', name, state: 'active' }) as unknown as Interlink,
  );
  const waiting: (() => void)[] = [];
  let reads = 0;
  const registry = new InterlinkRegistry({
    list: async () => [],
    find: async () => {
      const version = versions[reads];
      reads += 1;
      if (reads === 1) await new Promise<void>((resolve) => waiting.push(resolve));
      return version;
    },
  });
  const first = registry.refresh('x');
  const second = registry.refresh('x');
  await Promise.resolve();
  await Promise.resolve();
  waiting[0]?.();
  await Promise.all([first, second]);
  expect(registry.find('x')?.name).toBe('second');
});

/** @param times how often the reading fails from now on */
async function failToRead(times = 1): Promise<Interlink> {
  const { store, registry } = samples;
  const berlin = await samples.addActive('ber');
  await store.rename(berlin.id, 'Hauptstadt');
  const find = vi.spyOn(store, 'find');
  for (let time = 0; time < times; time += 1) find.mockRejectedValueOnce(new Error('database away'));
  await expect(registry.refresh(berlin.id)).rejects.toThrow('database away');
  return berlin;
}

describe('a read that fails', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  test('does not stop the next', async () => {
    const { id } = await failToRead();
    expect(await samples.registry.refresh(id)).toMatchObject({ name: 'Hauptstadt' });
  });

  test('is done again, a second apart, until it succeeds', async () => {
    const { id } = await failToRead(2);
    await vi.advanceTimersByTimeAsync(1999);
    expect(samples.registry.find(id)?.name).toBe('ber');
    await vi.advanceTimersByTimeAsync(1);
    expect(samples.registry.find(id)?.name).toBe('Hauptstadt');
    expect(vi.getTimerCount()).toBe(0);
  });

  test('is not done again once stopped', async () => {
    await failToRead();
    await samples.registry.stop();
    expect(vi.getTimerCount()).toBe(0);
    samples = new SampleInterlinks();
    await samples.registry.stop();
    await failToRead();
    expect(vi.getTimerCount()).toBe(0);
  });
});

test('a read that began before the end does not bring an interlink back', async () => {
  const { registry, store } = samples;
  const berlin = await samples.addActive('ber');
  const { promise, resolve } = Promise.withResolvers<Interlink>();
  store.find = async () => await promise;
  const reading = registry.refresh(berlin.id);
  registry.end(berlin.id);
  resolve(berlin);
  expect(await reading).toBeUndefined();
  expect(registry.all()).toEqual([]);
});
