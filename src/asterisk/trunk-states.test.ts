import { EventEmitter } from 'node:events';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { AriConnection } from './ari-connection.ts';
import { TrunkStates } from './trunk-states.ts';

const trunk = 'il-a';
let ari: EventEmitter;
/** What Asterisk says of the endpoint. */
let endpoint: { state: string; channel_ids: string[] } | Error;
let looks: number;
let subscribed: unknown[];
let told: string[];
let states: TrunkStates;

const offline = { state: 'offline', channel_ids: [] };
const online = { state: 'online', channel_ids: [] };

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  looks = 0;
  told = [];
  subscribed = [];
  endpoint = offline;
  const call = async (resource: string, _operation: string, params: object): Promise<unknown> => {
    if (resource === 'applications') {
      subscribed.push(params);
      return undefined;
    }
    looks += 1;
    if (endpoint instanceof Error) throw endpoint;
    return endpoint;
  };
  ari = Object.assign(new EventEmitter(), { call });
  states = new TrunkStates(ari as unknown as AriConnection, 'interlinks', (name, state) => {
    told.push(name === trunk ? state : name);
  });
});

afterEach(() => vi.useRealTimers());

function device(state: string, name = `PJSIP/${trunk}`): void {
  ari.emit('DeviceStateChanged', { device_state: { name, state } });
}

/** Watches a trunk whose peer answers. @returns what is told of that */
async function watched(): Promise<readonly string[]> {
  endpoint = online;
  await states.watch(trunk);
  return told.splice(0);
}

test('the peer of a trunk without calls is told of by its device state', async () => {
  await watched();
  expect(subscribed).toEqual([{ applicationName: 'interlinks', eventSource: `deviceState:PJSIP/${trunk}` }]);
  device('UNAVAILABLE');
  device('NOT_INUSE');
  expect(told).toEqual(['down', 'up']);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(looks).toBe(1);
});

test('other devices say nothing', async () => {
  await watched();
  device('UNAVAILABLE', `IAX2/${trunk}`);
  device('UNAVAILABLE', 'PJSIP/101');
  expect(told).toEqual([]);
});

test('a new trunk is told of when its peer has answered, and is not down before it had time for that', async () => {
  await states.watch(trunk);
  device('UNAVAILABLE');
  await vi.advanceTimersByTimeAsync(2000);
  expect(told).toEqual([]);
  endpoint = online;
  device('NOT_INUSE');
  await vi.advanceTimersByTimeAsync(5000);
  expect(told).toEqual(['up']);
});

test('one that never answers is down', async () => {
  await states.watch(trunk);
  await vi.advanceTimersByTimeAsync(5000);
  expect(told).toEqual(['down']);
});

test('while calls are up the endpoint is looked at, since the device state says only that', async () => {
  await watched();
  device('INUSE');
  endpoint = { state: 'offline', channel_ids: ['ch1'] };
  device('RINGINUSE');
  await vi.advanceTimersByTimeAsync(2100);
  expect(told).toEqual(['down']);
  endpoint = { state: 'online', channel_ids: ['ch1'] };
  await vi.advanceTimersByTimeAsync(2100);
  expect(told).toEqual(['down', 'up']);
  endpoint = online;
  await vi.advanceTimersByTimeAsync(2100);
  const before = looks;
  await vi.advanceTimersByTimeAsync(60_000);
  expect(looks).toBe(before);
});

test('a trunk that was made anew is told of again', async () => {
  expect(await watched()).toEqual(['up']);
  expect(await watched()).toEqual(['up']);
});

test('that Asterisk does not say anything changes nothing, and it is asked again', async () => {
  await watched();
  device('INUSE');
  endpoint = new Error('no connection to Asterisk');
  await vi.advanceTimersByTimeAsync(10_000);
  expect(told).toEqual([]);
  endpoint = offline;
  await vi.advanceTimersByTimeAsync(3000);
  expect(told).toEqual(['down']);
});

test.each([
  ['its device state tells', async () => device('INVALID')],
  [
    'a look at it tells',
    async () => {
      endpoint = new Error(JSON.stringify({ message: 'Endpoint not found' }));
      device('INUSE');
      await vi.advanceTimersByTimeAsync(3000);
    },
  ],
])('a trunk that Asterisk has lost is down: %s', async (_what, lose) => {
  await watched();
  await lose();
  expect(told).toEqual(['down']);
});

test.each([
  ['was removed', () => states.forget(trunk)],
  ['belongs to an Asterisk that is gone', () => void ari.emit('down')],
])('of a trunk that %s nothing is told', async (_what, change) => {
  await watched();
  device('INUSE');
  change();
  device('UNAVAILABLE');
  endpoint = offline;
  await vi.advanceTimersByTimeAsync(60_000);
  expect(told).toEqual([]);
  expect(looks).toBeLessThan(4);
});
