import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { EndInterlink } from './end-interlink.ts';
import { Exclusive } from '../domain/exclusive.ts';
import { tellFailedChanges } from './failed-changes.ts';
import { MemoryStore } from './testing/memory-store.ts';
import { SampleInterlinks, silentLogger } from './testing/samples.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('an end that is on disk counts a second later, although its acknowledgement was lost', async () => {
  const samples = new SampleInterlinks();
  const { store, registry } = samples;
  const { id } = await samples.addActive('ber');
  const bury = store.bury.bind(store);
  store.bury = async (...parameters) => {
    await bury(...parameters);
    throw new Error('connection lost');
  };
  const ending = new EndInterlink({
    store: tellFailedChanges(store, (failed) => registry.refreshLater(failed)),
    registry,
    trunks: { cleanUp: async () => ({ kind: 'done', calls: 0 }) },
    exclusive: new Exclusive(),
    now: Date.now,
    logger: silentLogger,
    onStep: () => undefined,
  });
  await expect(ending.end(id, 'this-side')).rejects.toThrow('connection lost');
  await vi.advanceTimersByTimeAsync(1000);
  expect(registry.all()).toEqual([]);
});

test('each tells which interlink is meant', async () => {
  const failed: string[] = [];
  const names = Object.keys(tellFailedChanges(new MemoryStore(), () => undefined)) as (keyof ReturnType<
    typeof tellFailedChanges
  >)[];
  for (const name of names) {
    const store = new MemoryStore();
    vi.spyOn(store, name).mockRejectedValue(new Error('database away'));
    const change = tellFailedChanges(store, (id) => failed.push(`${name} ${id}`))[name] as (
      target: unknown,
    ) => Promise<unknown>;
    const target = ['addIssuedKey', 'addRedemption'].includes(name) ? { id: 'x' } : 'x';
    await expect(change(target)).rejects.toThrow('database away');
  }
  expect(failed).toEqual(names.map((name) => `${name} x`));
});
