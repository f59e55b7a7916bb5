import { EventEmitter } from 'node:events';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { AriConnection } from './ari-connection.ts';
import { BridgeEvents } from './bridge-events.ts';
import { TransitWatch } from './transit-watch.ts';

const lisbon = { id: '1', name: 'PJSIP/il-aaaaaaaaaaaaaaaa-00000001' };
const porto = { id: '2', name: 'IAX2/il-bbbbbbbbbbbbbbbb-2' };
const lisbonAgain = { id: '3', name: 'PJSIP/il-aaaaaaaaaaaaaaaa-00000003' };
const phone = { id: '4', name: 'PJSIP/101-00000004' };
const announcer = { id: '5', name: 'CBAnn/600-5;2' };
const minuteMs = 60_000;
type Channel = typeof phone;

let ari: EventEmitter;
let watch: TransitWatch;
let hungUp: string[];
let refused: string[];
let warnings: unknown[];
let inBridge: Channel[];
/** What Asterisk lists, and what happens between the two lists. */
let listed: readonly Channel[];
let meanwhile: () => void;
/** Whether events of bridges come, and how often that was asked of an Asterisk that did not do it. */
let coming: boolean;
let failing: boolean;
let failed: number;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  hungUp = [];
  refused = [];
  warnings = [];
  inBridge = [];
  listed = [];
  meanwhile = () => undefined;
  coming = false;
  failing = false;
  failed = 0;
  const call = async (resource: string, operation: string): Promise<unknown> => {
    if (failing) {
      failed += 1;
      throw new Error('no answer');
    }
    if (resource === 'applications') {
      coming = operation === 'subscribe';
      return undefined;
    }
    if (resource === 'channels') return listed;
    meanwhile();
    return [{ id: 'b', channels: inBridge.map(({ id }) => id) }];
  };
  ari = Object.assign(new EventEmitter(), { call });
  watch = new TransitWatch({
    ari: ari as unknown as AriConnection,
    bridges: new BridgeEvents({ ari: ari as unknown as AriConnection, application: 'interlinks' }),
    channels: { hangUp: async (id: string) => void hungUp.push(id) },
    recorder: { ended: (id) => void refused.push(id) },
    log: {
      debug: () => undefined,
      info: () => undefined,
      warn: (what) => void warnings.push(what),
      error: () => undefined,
    },
  });
});

afterEach(() => vi.useRealTimers());

function tell(type: 'ChannelEnteredBridge' | 'ChannelLeftBridge', channel: Channel): void {
  if (coming) ari.emit(type, { bridge: { id: 'b', channels: inBridge.map(({ id }) => id) }, channel });
}

function enter(...channels: Channel[]): void {
  for (const channel of channels) {
    inBridge.push(channel);
    tell('ChannelEnteredBridge', channel);
  }
}

function leave(channel: Channel): void {
  inBridge = inBridge.filter((one) => one !== channel);
  tell('ChannelLeftBridge', channel);
}

async function pass(ms = 1): Promise<void> {
  await vi.advanceTimersByTimeAsync(ms);
}

/** What Asterisk says of a trunk that has got its first channel, or lost its last. */
async function device({ name }: Channel, state: string): Promise<void> {
  ari.emit('DeviceStateChanged', { device_state: { name: name.slice(0, name.lastIndexOf('-')), state } });
  await pass();
}

async function bothBusy(): Promise<void> {
  await device(lisbon, 'INUSE');
  await device(porto, 'RINGING');
}

test('two interlinks that are joined end, once, with a record and a line of the log', async () => {
  await bothBusy();
  enter(lisbon, porto);
  leave(lisbon);
  expect([hungUp, refused]).toEqual([
    ['1', '2'],
    ['1', '2'],
  ]);
  expect(warnings).toEqual([{ channels: [lisbon.name, porto.name] }]);
});

test('they may talk while somebody of this system takes part, and end when that one leaves', async () => {
  await bothBusy();
  enter(lisbon, phone, porto);
  expect(hungUp).toEqual([]);
  leave(phone);
  expect(hungUp).toEqual(['1', '2']);
});

test('an announcement is nobody', async () => {
  await bothBusy();
  enter(announcer, lisbon, porto);
  expect(hungUp).toEqual(['1', '2']);
});

test('two calls of one interlink may meet, and each may be alone', async () => {
  await bothBusy();
  enter(lisbon, lisbonAgain);
  leave(lisbon);
  expect(hungUp).toEqual([]);
});

describe('bridges are looked at', () => {
  test('not while one interlink has calls, or nobody calls but phones', async () => {
    await device(lisbon, 'INUSE');
    await device(lisbon, 'RINGINUSE');
    await device(phone, 'INUSE');
    expect(coming).toBe(false);
  });

  test('for a minute more when the calls of another have ended, and again when there are new ones', async () => {
    await bothBusy();
    await device(porto, 'NOT_INUSE');
    await pass(minuteMs - 10);
    expect(coming).toBe(true);
    await pass(10);
    expect(coming).toBe(false);
    await device(porto, 'INUSE');
    enter(lisbon, porto);
    expect(hungUp).toEqual(['1', '2']);
  });

  test('on and on when a new call came within the minute', async () => {
    await bothBusy();
    await device(lisbon, 'NOT_INUSE');
    await pass(minuteMs / 2);
    await device(lisbon, 'INUSE');
    await pass(minuteMs);
    expect(coming).toBe(true);
  });

  test('while a peer that has calls does not answer questions', async () => {
    await bothBusy();
    await device(porto, 'UNAVAILABLE');
    await pass(2 * minuteMs);
    expect(coming).toBe(true);
  });

  test('when a call arrives of which no device state tells', async () => {
    await device(lisbon, 'INUSE');
    ari.emit('StasisStart', { channel: porto, args: ['arrival', '101', ''] });
    await pass();
    expect(coming).toBe(true);
  });

  test('again and again until Asterisk does it', async () => {
    failing = true;
    await bothBusy();
    await pass(3000);
    expect(failed).toBeGreaterThan(2);
    failing = false;
    inBridge = [lisbon, porto];
    listed = [lisbon, porto];
    await pass(1000);
    expect(hungUp).toEqual(['1', '2']);
  });

  test('not for a connection that has ended', async () => {
    await bothBusy();
    failing = true;
    ari.emit('down');
    await pass(3000);
    expect(failed).toBeLessThanOrEqual(1);
  });
});

describe('after a connection was made', () => {
  test('those that were joined before are found', async () => {
    listed = [lisbon, porto];
    inBridge = [lisbon, porto];
    await watch.resume();
    await pass();
    expect(hungUp).toEqual(['1', '2']);
  });

  test('one that joins while Asterisk is asked is found as well', async () => {
    listed = [lisbon, porto];
    inBridge = [lisbon];
    meanwhile = () => enter(porto);
    await watch.resume();
    await pass();
    expect(hungUp).toEqual(['1', '2']);
  });

  test('and when it was made anew', async () => {
    await bothBusy();
    ari.emit('down');
    coming = false;
    listed = [lisbon, porto];
    await watch.resume();
    await pass();
    enter(lisbon, porto);
    expect(hungUp).toEqual(['1', '2']);
  });
});
