import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { CallRecorder } from '../calls/call-recorder.ts';
import { ToldEvents } from '../calls/testing/told-events.ts';
import type { CallRecord } from '../domain/call.ts';
import { cause } from '../domain/hangup-cause.ts';
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
  now = 1000;
  asked = 0;
  saved = [];
  progress = as(false);
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
  watch = new CallWatch({ channels, recorder, now: () => now });
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

function as(
  up: boolean,
  rangAfterMs?: number,
  talkedMs?: number,
  joined = talkedMs !== undefined,
): CallProgress {
  return { up, rangAfterMs, talkedMs, joined };
}

test('what the dial plan says of a call is understood', () => {
  expect(parseProgress('Ring|||')).toEqual(as(false));
  expect(parseProgress('Ring|28||')).toEqual(as(false, 28));
  expect(parseProgress('Up|0|5|1200')).toEqual(as(true, 0, 1200));
  expect(parseProgress('Up|||7')).toEqual(as(true, undefined, 7));
  expect(parseProgress('Up|0|5')).toEqual(as(true, 0));
  expect(parseProgress('Up|12|||ANSWER')).toEqual(as(true, 12, undefined, true));
  expect(parseProgress('Up|12|||')).toEqual(as(true, 12));
  expect(parseProgress('')).toEqual(as(false));
});

test('a call that is answered and ends soon is never asked for, and has the moments in which it rang and was answered', async () => {
  begin();
  await pass(400);
  watch.told('ch1', as(true, 30, 150));
  expect(recorder.find('ch1')).toMatchObject({ ringingAt: 1030, answeredAt: 1250 });
  watch.over('ch1', cause.normalClearing);
  expect(events.told.map(([what]) => what)).toEqual(['answered', 'rang', 'ended']);
  expect(asked).toBe(0);
});

test('an answer is told of while the call is up, once, and its moment is corrected at the end', async () => {
  begin();
  progress = as(false, 20);
  await pass(500);
  progress = as(true, 20);
  await pass(2000);
  expect(recorder.find('ch1')).toMatchObject({ ringingAt: 1020, answeredAt: 3500 });
  await pass(5000);
  watch.told('ch1', as(true, 20, 6900));
  watch.over('ch1', cause.normalClearing);
  await recorder.stop();
  expect(saved.at(-1)).toMatchObject({ ringingAt: 1020, answeredAt: 1600, endedAt: 8500 });
  expect(events.told.map(([what]) => what)).toEqual(['rang', 'answered', 'ended']);
});

test('a call that was transferred, and so was up before it began, is answered after it rang', async () => {
  begin();
  watch.wasUpBefore('ch1', true);
  progress = as(true, 100);
  await pass(500);
  expect(recorder.find('ch1')).toMatchObject({ ringingAt: 1100, answeredAt: undefined });
  progress = as(true, 100, undefined, true);
  await pass(2000);
  expect(recorder.find('ch1')).toMatchObject({ ringingAt: 1100, answeredAt: 3500 });
  watch.told('ch1', as(true, 100, 60_000));
  expect(recorder.find('ch1')).toMatchObject({ ringingAt: 1100, answeredAt: 1100 });
});

test('a call that was transferred, and that nobody answers, ends as what it was', async () => {
  begin();
  watch.wasUpBefore('ch1', true);
  progress = as(true, 100);
  await pass(5000);
  watch.told('ch1', as(true, 100));
  watch.over('ch1', cause.userBusy);
  await recorder.stop();
  expect(saved.at(-1)).toMatchObject({ answeredAt: undefined, outcome: 'busy' });
  recorder.begin(call);
  watch.told('ch1', as(true));
  expect(recorder.find('ch1')).toMatchObject({ answeredAt: 6000 });
});

test('of a call that comes again, to be answered by the dial plan, it counts that the channel is up', async () => {
  begin();
  watch.wasUpBefore('ch1', true);
  watch.wasUpBefore('ch1', false);
  watch.told('ch1', as(true));
  expect(recorder.find('ch1')).toMatchObject({ answeredAt: 1000 });
});

test('a clock that was set back makes no call be answered before it began', () => {
  begin();
  now = 500;
  watch.told('ch1', as(true, 10, 100));
  expect(recorder.find('ch1')).toMatchObject({ answeredAt: 1000 });
});

test('a call that rings long is told of while it rings', async () => {
  begin();
  await pass(500);
  expect(recorder.find('ch1')).toMatchObject({ ringingAt: undefined });
  progress = as(false, 700);
  await pass(1000);
  expect(recorder.find('ch1')).toMatchObject({ ringingAt: 1700, answeredAt: undefined });
});

test('a place in the dial plan that answers by itself is found out', async () => {
  begin();
  progress = as(true);
  await pass(500);
  expect(recorder.find('ch1')).toMatchObject({ answeredAt: 1500 });
});

test('the dial plan has the last word on how a call ended', async () => {
  begin();
  await pass(100);
  watch.told('ch1', as(true, 40));
  watch.over('ch1', cause.normalClearing);
  await recorder.stop();
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
  ['one that rings', as(false, 10), 3000],
  ['one that was answered', as(true, 10), 62_000],
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
  await recorder.stop();
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
  progress = as(true, 10);
  await pass(0);
  expect(recorder.find('ch1')).toMatchObject({ answeredAt: 1000 });
  progress = gone;
  watch.resume('ch1');
  await pass(1000);
  expect(recorder.active()).toEqual([]);
});

test('channels of other people are none of its business', async () => {
  watch.told('x', as(true, 1));
  watch.over('x', cause.normalClearing);
  await recorder.stop();
  expect([asked, saved]).toEqual([0, []]);
});
