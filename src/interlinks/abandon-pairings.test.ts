import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { AbandonPairings } from './abandon-pairings.ts';
import type { AbandonPairingsDeps } from './abandon-pairings.ts';
import { ConfirmPairing } from './confirm-pairing.ts';
import type { ConfirmPairingDeps } from './confirm-pairing.ts';
import { Exclusive } from '../domain/exclusive.ts';
import { SampleInterlinks, silentLogger } from './testing/samples.ts';

let samples: SampleInterlinks;
let abandon: AbandonPairings;
let confirm: ConfirmPairing;
const exclusive = new Exclusive();

function makeDeps(): AbandonPairingsDeps & ConfirmPairingDeps {
  const { store, registry } = samples;
  return { store, registry, exclusive, now: Date.now, logger: silentLogger, onStep: () => undefined };
}

beforeEach(() => {
  vi.useFakeTimers();
  samples = new SampleInterlinks();
  abandon = new AbandonPairings(makeDeps());
  confirm = new ConfirmPairing(makeDeps());
});
afterEach(() => {
  abandon.stop();
  vi.useRealTimers();
});

test('a pairing that nobody confirms ends after 10 minutes', async () => {
  const { id } = await samples.addPairing('ber');
  await vi.advanceTimersByTimeAsync(599_999);
  expect(samples.registry.find(id)?.state).toBe('pairing');
  await vi.advanceTimersByTimeAsync(1);
  expect(samples.registry.all()).toEqual([]);
  expect(await confirm.confirm(id)).toBe(false);
});

test('a confirmed one stays, and can be confirmed again', async () => {
  const { id } = await samples.addPairing('ber');
  expect(await confirm.confirm(id)).toBe(true);
  await vi.advanceTimersByTimeAsync(3_600_000);
  expect(samples.registry.find(id)?.state).toBe('active');
  expect(await confirm.confirm(id)).toBe(true);
});

test('a key that nobody redeemed stays', async () => {
  const { id } = await samples.addKey('ber');
  await vi.advanceTimersByTimeAsync(3_600_000);
  expect(samples.registry.find(id)?.state).toBe('key-ready');
});

test('a confirmation at the last moment wins or loses, never both', async () => {
  const { id } = await samples.addPairing('ber');
  await vi.advanceTimersByTimeAsync(599_999);
  const confirmed = confirm.confirm(id);
  await vi.advanceTimersByTimeAsync(1);
  expect(await confirmed).toBe(samples.registry.find(id)?.state === 'active');
  expect(await confirmed).toBe(true);
});

test('one that a restart finds gets 10 minutes from there', async () => {
  abandon.stop();
  const { id } = await samples.addPairing('ber');
  await vi.advanceTimersByTimeAsync(3_600_000);
  abandon = new AbandonPairings(makeDeps());
  await vi.advanceTimersByTimeAsync(599_999);
  expect(samples.registry.find(id)?.state).toBe('pairing');
  await vi.advanceTimersByTimeAsync(1);
  expect(samples.registry.find(id)).toBeUndefined();
});

test('what fails is tried again', async () => {
  const { id } = await samples.addPairing('ber');
  const bury = vi.spyOn(samples.store, 'bury').mockRejectedValueOnce(new Error('database away'));
  await vi.advanceTimersByTimeAsync(600_000);
  expect(samples.registry.find(id)?.state).toBe('pairing');
  await vi.advanceTimersByTimeAsync(600_000);
  expect(samples.registry.find(id)).toBeUndefined();
  expect(bury).toHaveBeenCalledTimes(2);
});
