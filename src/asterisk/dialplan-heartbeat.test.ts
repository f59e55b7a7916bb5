import { EventEmitter } from 'node:events';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { AriConnection } from './ari-connection.ts';
import { DialplanHeartbeat } from './dialplan-heartbeat.ts';

/** Within so many milliseconds the dial plan gives up. */
const patienceMs = 12_000;

const asterisk = new EventEmitter();
/** Whether Asterisk answers nothing. */
let silent: boolean;
/** Its answers wait for this. */
let held: Promise<void>;
/** What the dial plan finds in IL_HEARTBEAT. */
let taken: string;
let lastTaken: number;
let heartbeat: DialplanHeartbeat;

async function call<T>(_resource: string, operation: string, params: { value?: string }): Promise<T> {
  if (silent) throw new Error('no answer');
  await held;
  if (operation === 'setGlobalVar') {
    lastTaken = Date.now();
    taken = params.value ?? '';
  }
  return { value: '1' } as T;
}

/** @returns lets Asterisk answer */
async function beginBeat(): Promise<() => void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  held = promise;
  await vi.advanceTimersByTimeAsync(5000);
  return resolve;
}

beforeEach(async () => {
  vi.useFakeTimers();
  silent = false;
  held = Promise.resolve();
  const ari = Object.assign(asterisk.removeAllListeners(), { call, connected: true }) as unknown;
  heartbeat = new DialplanHeartbeat(ari as AriConnection, { debug: () => undefined });
  await heartbeat.start();
});

afterEach(() => {
  vi.useRealTimers();
});

test('goes on often enough for the dial plan, once for each start', async () => {
  await heartbeat.start();
  await vi.advanceTimersByTimeAsync(patienceMs * 5);
  expect(Date.now() - lastTaken).toBeLessThan(patienceMs / 2);
  expect(vi.getTimerCount()).toBe(1);
});

test('one that Asterisk did not take is made up for at once', async () => {
  silent = true;
  await vi.advanceTimersByTimeAsync(60_000);
  silent = false;
  const back = Date.now();
  await vi.advanceTimersByTimeAsync(1000);
  expect(lastTaken).toBeGreaterThanOrEqual(back);
});

test('ends with the connection, also one that was under way', async () => {
  const answer = await beginBeat();
  asterisk.emit('down');
  answer();
  await vi.advanceTimersByTimeAsync(0);
  expect(vi.getTimerCount()).toBe(0);
});

test('has the dial plan do without the service once it stops, also while one was under way', async () => {
  expect(taken).toBe('1');
  const answer = await beginBeat();
  const stopped = heartbeat.stop();
  answer();
  await stopped;
  await vi.advanceTimersByTimeAsync(0);
  expect(taken).toBe('0');
  expect(vi.getTimerCount()).toBe(0);
});
