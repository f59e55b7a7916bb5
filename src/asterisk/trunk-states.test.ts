import { EventEmitter } from 'node:events';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { AriConnection } from './ari-connection.ts';
import { TrunkStates } from './trunk-states.ts';

let ari: EventEmitter;
/** What Asterisk has, or why it says nothing. */
let endpoints: { resource: string; state: string }[] | Error;
let looks: number;
let told: [string, string][];
let states: TrunkStates;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  looks = 0;
  told = [];
  endpoints = [{ resource: 'il-a', state: 'offline' }];
  const call = async (): Promise<unknown> => {
    looks += 1;
    if (endpoints instanceof Error) throw endpoints;
    return endpoints;
  };
  ari = Object.assign(new EventEmitter(), { call });
  states = new TrunkStates(ari as unknown as AriConnection, (...state) => void told.push(state));
});

afterEach(() => vi.useRealTimers());

function is(state: string): void {
  endpoints = [
    { resource: 'il-a', state },
    { resource: '101', state: 'online' },
  ];
}

test('a new trunk is told of as soon as its peer has answered, and not before', async () => {
  states.watch('il-a');
  await vi.advanceTimersByTimeAsync(1000);
  expect(told).toEqual([]);
  is('online');
  await vi.advanceTimersByTimeAsync(300);
  expect(told).toEqual([['il-a', 'up']]);
});

test('one that never answers is down', async () => {
  states.watch('il-a');
  await vi.advanceTimersByTimeAsync(5000);
  expect(told).toEqual([['il-a', 'down']]);
});

test('each change is told once', async () => {
  is('online');
  states.watch('il-a');
  await vi.advanceTimersByTimeAsync(10_000);
  is('offline');
  await vi.advanceTimersByTimeAsync(10_000);
  is('online');
  await vi.advanceTimersByTimeAsync(10_000);
  expect(told.map(([, state]) => state)).toEqual(['up', 'down', 'up']);
});

test('a trunk that was made anew is told of again', async () => {
  is('online');
  states.watch('il-a');
  await vi.advanceTimersByTimeAsync(3000);
  states.watch('il-a');
  await vi.advanceTimersByTimeAsync(3000);
  expect(told.map(([, state]) => state)).toEqual(['up', 'up']);
});

test('that Asterisk does not say anything changes nothing, and it is asked again', async () => {
  is('online');
  states.watch('il-a');
  await vi.advanceTimersByTimeAsync(3000);
  endpoints = new Error('no connection to Asterisk');
  await vi.advanceTimersByTimeAsync(10_000);
  expect(told).toHaveLength(1);
  is('offline');
  await vi.advanceTimersByTimeAsync(3000);
  expect(told).toHaveLength(2);
});

test.each([
  ['among others', []],
  ['and with it the last endpoint', new Error(JSON.stringify({ message: 'No Endpoints found' }))],
])('a trunk that Asterisk has lost is down: %s', async (_what, left) => {
  is('online');
  states.watch('il-a');
  await vi.advanceTimersByTimeAsync(3000);
  endpoints = left;
  await vi.advanceTimersByTimeAsync(3000);
  expect(told.map(([, state]) => state)).toEqual(['up', 'down']);
});

test('without trunks Asterisk is left alone', async () => {
  is('online');
  states.watch('il-a');
  await vi.advanceTimersByTimeAsync(3000);
  states.forget('il-a');
  await vi.advanceTimersByTimeAsync(3000);
  const before = looks;
  await vi.advanceTimersByTimeAsync(60_000);
  expect(looks).toBe(before);
  states.watch('il-a');
  ari.emit('down');
  await vi.advanceTimersByTimeAsync(60_000);
  expect(looks).toBe(before + 1);
});
