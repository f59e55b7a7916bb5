import { EventEmitter } from 'node:events';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { CallRecorder } from '../calls/call-recorder.ts';
import { ToldEvents } from '../calls/testing/told-events.ts';
import type { CallRecord } from '../domain/call.ts';
import { cause } from '../domain/hangup-cause.ts';
import type { AriConnection } from './ari-connection.ts';
import { parseProgress, type CallProgress } from './call-progress.ts';
import { CallWatch } from './call-watch.ts';

const call = {
  callId: 'c1',
  direction: 'out' as const,
  interlinkId: 'lisbon',
  caller: '101',
  dialed: '201',
  channel: 'ch1',
  startedAt: 1000,
};
let ari: EventEmitter;
let now: number;
let events: ToldEvents;
let recorder: CallRecorder;
let watch: CallWatch;
/** What Asterisk says of the channel; an error: that it is gone, or that nothing can be asked. */
let progress: CallProgress | Error;
let asked: number;
let saved: CallRecord[];

const gone = new Error(JSON.stringify({ message: 'Channel not found' }));
const away = new Error('no connection to Asterisk');

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  ari = new EventEmitter();
  now = 1000;
  asked = 0;
  saved = [];
  progress = { up: false, rangAfterMs: undefined };
  events = new ToldEvents();
  recorder = new CallRecorder({
    store: {
      save: async (...records) => void saved.push(...records),
      list: async () => [],
      usage: async () => [],
      open: async () => [],
    },
    now: () => now,
    events,
  });
  const channels = {
    progress: async () => {
      asked += 1;
      if (progress instanceof Error) throw progress;
      return progress;
    },
  };
  watch = new CallWatch({ ari: ari as unknown as AriConnection, channels, recorder, now: () => now });
});

afterEach(() => vi.useRealTimers());

function begin(): void {
  recorder.begin(call);
  watch.sent('ch1');
}

async function pass(ms: number): Promise<void> {
  now += ms;
  await vi.advanceTimersByTimeAsync(ms);
}

/** The call is joined with the other side, as Asterisk tells it. */
async function join(): Promise<void> {
  ari.emit('ChannelEnteredBridge', { bridge: { id: 'b', channels: ['ch1'] }, channel: { id: 'ch1' } });
  await vi.advanceTimersByTimeAsync(0);
}

test('what the dial plan says of a call is understood', () => {
  expect(parseProgress('Ring||')).toEqual({ up: false, rangAfterMs: undefined });
  expect(parseProgress('Ring|28|')).toEqual({ up: false, rangAfterMs: 28 });
  expect(parseProgress('Up|0|5')).toEqual({ up: true, rangAfterMs: 0 });
  expect(parseProgress('')).toEqual({ up: false, rangAfterMs: undefined });
});

test('a call that is answered and ends soon is never asked for, and has the moment in which it rang', async () => {
  begin();
  await pass(200);
  await join();
  expect(recorder.find('ch1')).toMatchObject({ ringingAt: undefined, answeredAt: 1200 });
  await pass(200);
  watch.told('ch1', { up: true, rangAfterMs: 30 });
  expect(recorder.find('ch1')).toMatchObject({ ringingAt: 1030, answeredAt: 1200 });
  watch.over('ch1', cause.normalClearing);
  expect(events.told.map(([what]) => what)).toEqual(['answered', 'rang', 'ended']);
  expect(asked).toBe(0);
});

test('a call that rings long is told of while it rings', async () => {
  begin();
  await pass(500);
  expect(recorder.find('ch1')).toMatchObject({ ringingAt: undefined });
  progress = { up: false, rangAfterMs: 700 };
  await pass(1000);
  expect(recorder.find('ch1')).toMatchObject({ ringingAt: 1700, answeredAt: undefined });
});

test('a place in the dial plan that answers by itself is found out', async () => {
  begin();
  progress = { up: true, rangAfterMs: undefined };
  await pass(500);
  expect(recorder.find('ch1')).toMatchObject({ answeredAt: 1500 });
});

test('the dial plan has the last word on how a call ended', async () => {
  begin();
  await pass(100);
  watch.told('ch1', { up: true, rangAfterMs: 40 });
  watch.over('ch1', cause.normalClearing);
  await recorder.flush();
  expect(saved.at(-1)).toMatchObject({
    ringingAt: 1040,
    answeredAt: 1100,
    endedAt: 1100,
    outcome: 'answered',
  });
  await pass(120_000);
  expect(asked).toBe(0);
});

test.each([
  ['one that rings', { up: false, rangAfterMs: 10 }, 3000],
  ['one that was answered', { up: true, rangAfterMs: 10 }, 62_000],
])('%s ends in the records too when nobody tells of its end', async (_what, before, withinMs) => {
  begin();
  progress = before;
  await pass(500);
  progress = gone;
  await pass(withinMs);
  expect(recorder.active()).toEqual([]);
});

test('a channel that was missing once may still be told of', async () => {
  begin();
  progress = gone;
  await pass(500);
  watch.over('ch1', cause.userBusy);
  await recorder.flush();
  expect(saved.at(-1)).toMatchObject({ outcome: 'busy' });
});

test('a call does not end because Asterisk cannot be asked', async () => {
  begin();
  progress = away;
  await pass(30_000);
  expect(recorder.active()).toHaveLength(1);
});

test('after a restart, a call whose channel is still there goes on, one whose channel has gone is closed', async () => {
  recorder.begin(call);
  watch.resume('ch1');
  progress = { up: true, rangAfterMs: 10 };
  await pass(0);
  expect(recorder.find('ch1')).toMatchObject({ answeredAt: 1000 });
  progress = gone;
  watch.resume('ch1');
  await pass(1000);
  expect(recorder.active()).toEqual([]);
});

test('channels of other people are none of its business', async () => {
  ari.emit('ChannelEnteredBridge', { bridge: { id: 'b', channels: ['x'] }, channel: { id: 'x' } });
  watch.told('x', { up: true, rangAfterMs: 1 });
  watch.over('x', cause.normalClearing);
  await recorder.flush();
  expect([asked, saved]).toEqual([0, []]);
});
