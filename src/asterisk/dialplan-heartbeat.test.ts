import { EventEmitter } from 'node:events';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { AriConnection } from './ari-connection.ts';
import { DialplanHeartbeat } from './dialplan-heartbeat.ts';

/** Within so many milliseconds the dial plan gives up. */
const patienceMs = 12_000;

const asterisk = new EventEmitter();
/** Whether Asterisk answers nothing. */
let silent: boolean;
let lastTaken: number;
let heartbeat: DialplanHeartbeat;

async function call<T>(_resource: string, operation: string): Promise<T> {
  if (silent) throw new Error('no answer');
  if (operation === 'setGlobalVar') lastTaken = Date.now();
  return { value: '1' } as T;
}

beforeEach(async () => {
  vi.useFakeTimers();
  silent = false;
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
  silent = true;
  const beating = vi.advanceTimersByTimeAsync(5000);
  asterisk.emit('down');
  await beating;
  expect(vi.getTimerCount()).toBe(0);
});
