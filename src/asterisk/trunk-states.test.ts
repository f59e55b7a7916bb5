import { EventEmitter } from 'node:events';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { AriConnection } from './ari-connection.ts';
import { TrunkStates } from './trunk-states.ts';

const trunk = 'il-a';
type Endpoints = readonly { resource: string; state: string }[];
let ari: EventEmitter;
/** What Asterisk says of its endpoints. */
let answer: () => Promise<Endpoints>;
let looks: number;
let subscribed: unknown[];
let told: string[];
let states: TrunkStates;

const endpoints = (state: string): Endpoints => [
  { resource: '101', state: 'online' },
  { resource: trunk, state },
];

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] });
  looks = 0;
  told = [];
  subscribed = [];
  is('offline');
  const call = async (resource: string, _operation: string, params: object): Promise<unknown> => {
    if (resource === 'applications') {
      subscribed.push(params);
      return undefined;
    }
    looks += 1;
    return await answer();
  };
  ari = Object.assign(new EventEmitter(), { call });
  states = new TrunkStates(ari as unknown as AriConnection, 'interlinks', {
    onState: (name, state) => told.push(name === trunk ? state : `${name} ${state}`),
    onMissing: (name) => told.push(name === trunk ? 'missing' : `${name} missing`),
  });
});

afterEach(() => vi.useRealTimers());

function is(state: string): void {
  answer = async () => endpoints(state);
}

function device(state: string, name = `PJSIP/${trunk}`): void {
  ari.emit('DeviceStateChanged', { device_state: { name, state } });
}

async function watched(): Promise<void> {
  is('online');
  await states.watch(trunk);
  device('NOT_INUSE');
  expect(told.splice(0)).toEqual(['up']);
}

test('a peer that goes and comes is told of at once, by its device state', async () => {
  await watched();
  expect(subscribed).toEqual([{ applicationName: 'interlinks', eventSource: `deviceState:PJSIP/${trunk}` }]);
  device('UNAVAILABLE');
  device('NOT_INUSE');
  expect(told).toEqual(['down', 'up']);
});

test.each(['INUSE', 'RINGING', 'RINGINUSE', 'ONHOLD', 'UNKNOWN'])(
  'the device state %s says nothing',
  async (state) => {
    await watched();
    device(state);
    expect(told).toEqual([]);
  },
);

test('other devices say nothing', async () => {
  await watched();
  device('UNAVAILABLE', `IAX2/${trunk}`);
  device('UNAVAILABLE', 'PJSIP/101');
  expect(told).toEqual([]);
});

test('what no device state has told is seen within two seconds', async () => {
  await watched();
  is('offline');
  await vi.advanceTimersByTimeAsync(2000);
  expect(told).toEqual(['down']);
  is('online');
  await vi.advanceTimersByTimeAsync(2000);
  expect(told).toEqual(['down', 'up']);
});

test('what was seen is not told again and again', async () => {
  await watched();
  await vi.advanceTimersByTimeAsync(60_000);
  device('NOT_INUSE');
  expect(told).toEqual([]);
});

test('a new trunk is not down before it had time to answer', async () => {
  await states.watch(trunk);
  device('UNAVAILABLE');
  await vi.advanceTimersByTimeAsync(2000);
  expect(told).toEqual([]);
  device('NOT_INUSE');
  expect(told).toEqual(['up']);
});

test('one that never answers is down', async () => {
  await states.watch(trunk);
  await vi.advanceTimersByTimeAsync(4000);
  expect(told).toEqual(['down']);
});

test('an answer that was under way when a device state came does not count', async () => {
  await watched();
  const { promise, resolve } = Promise.withResolvers<Endpoints>();
  answer = () => promise;
  await vi.advanceTimersByTimeAsync(2000);
  device('UNAVAILABLE');
  await vi.advanceTimersByTimeAsync(1);
  device('NOT_INUSE');
  resolve(endpoints('offline'));
  await vi.advanceTimersByTimeAsync(100);
  expect(told).toEqual(['down', 'up']);
});

test('a trunk that was made anew is told of again', async () => {
  await watched();
  await states.watch(trunk);
  device('NOT_INUSE');
  expect(told).toEqual(['up']);
});

test('that Asterisk does not answer changes nothing, and it is asked again', async () => {
  await watched();
  answer = async () => {
    throw new Error('no connection to Asterisk');
  };
  await vi.advanceTimersByTimeAsync(10_000);
  expect(told).toEqual([]);
  is('offline');
  await vi.advanceTimersByTimeAsync(2000);
  expect(told).toEqual(['down']);
});

test.each([
  [
    'its device state tells',
    () => {
      is('gone');
      device('INVALID');
    },
  ],
  ['it is not among its endpoints', () => (answer = async () => [])],
  [
    'it has no endpoint at all',
    () =>
      (answer = async () => {
        throw new Error(JSON.stringify({ message: 'No Endpoints found - invalid tech' }));
      }),
  ],
])('a trunk that Asterisk has lost is down: %s', async (_what, lose) => {
  await watched();
  lose();
  await vi.advanceTimersByTimeAsync(2000);
  expect(told).toEqual(['down']);
});

test.each([
  ['was removed', () => states.forget(trunk)],
  ['belongs to an Asterisk that is gone', () => void ari.emit('down')],
])('of a trunk that %s nothing is told, and nothing is asked', async (_what, change) => {
  await watched();
  change();
  device('UNAVAILABLE');
  is('offline');
  await vi.advanceTimersByTimeAsync(60_000);
  expect(told).toEqual([]);
  expect(looks).toBe(0);
});

test('an answer that comes after a trunk was removed changes nothing', async () => {
  await watched();
  const { promise, resolve } = Promise.withResolvers<Endpoints>();
  answer = () => promise;
  await vi.advanceTimersByTimeAsync(2000);
  states.forget(trunk);
  resolve(endpoints('offline'));
  await vi.advanceTimersByTimeAsync(100);
  expect(told).toEqual([]);
});

test('a trunk that Asterisk does not show for seconds is missing, and again when that was of no use', async () => {
  await watched();
  answer = async () => [{ resource: '101', state: 'online' }];
  await vi.advanceTimersByTimeAsync(4000);
  expect(told.splice(0)).toEqual(['down', 'missing']);
  await vi.advanceTimersByTimeAsync(4000);
  expect(told).toEqual(['missing']);
});

test('one that does not answer is not missing', async () => {
  await watched();
  is('offline');
  await vi.advanceTimersByTimeAsync(60_000);
  expect(told).toEqual(['down']);
});
