import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { CallRecord } from '../domain/call.ts';
import { cause } from '../domain/hangup-cause.ts';
import { CallRecorder } from './call-recorder.ts';
import { ToldEvents } from './testing/told-events.ts';

const call = {
  callId: 'c1',
  direction: 'out' as const,
  interlinkId: 'lisbon',
  caller: '101',
  dialed: '201',
  channel: 'ch1',
};
let now: number;
let saved: Map<string, CallRecord>;
let writes: number;
let failures: number;
/** Id of a call whose record the database never takes. */
let refused: string | undefined;
let events: ToldEvents;
let recorder: CallRecorder;

beforeEach(() => {
  now = 1000;
  saved = new Map();
  writes = 0;
  failures = 0;
  refused = undefined;
  events = new ToldEvents();
  recorder = new CallRecorder({
    store: {
      save: async (...records) => {
        writes += 1;
        if (records.some(({ callId }) => callId === refused)) throw new Error('not this one');
        if (failures > 0) {
          failures -= 1;
          throw new Error('database away');
        }
        for (const record of records) saved.set(record.callId, record);
      },
      list: async () => [...saved.values()],
      usage: async () => [],
      open: async () => [...saved.values()].filter(({ endedAt }) => endedAt === undefined),
    },
    now: () => now,
    events,
  });
});

afterEach(async () => {
  vi.useRealTimers();
  await recorder.stop();
});

test('keeps when a call began, rang, was answered and ended', async () => {
  recorder.begin({ ...call, startedAt: 1000 });
  now = 1010;
  recorder.ringing('ch1', 1010);
  now = 1020;
  recorder.ringing('ch1', 1020);
  recorder.answered('ch1', 1020);
  now = 5000;
  recorder.ended('ch1', cause.normalClearing);
  await recorder.stop();
  expect(saved.get('c1')).toEqual({
    ...call,
    startedAt: 1000,
    ringingAt: 1010,
    answeredAt: 1020,
    endedAt: 5000,
    cause: 16,
    outcome: 'answered',
  });
  expect(recorder.active()).toEqual([]);
});

test.each([
  [1, 'unknown-number'],
  [16, 'cancelled'],
  [17, 'busy'],
  [19, 'no-answer'],
  [20, 'unreachable'],
  [21, 'declined'],
  [38, 'peer-away'],
  [41, 'failed'],
  [127, 'cancelled'],
])('an unanswered call that ends with cause %i is told as %s', async (ended, outcome) => {
  recorder.begin({ ...call, startedAt: 1000 });
  recorder.ended('ch1', ended);
  await recorder.stop();
  expect(saved.get('c1')).toMatchObject({ cause: ended, outcome });
});

test.each([
  [false, 'no-answer'],
  [true, 'answered'],
])(
  'ends the record of a call whose channel goes on to another one; answered: %s',
  async (answered, outcome) => {
    recorder.begin({ ...call, startedAt: 1000 });
    if (answered) recorder.answered('ch1', 1000);
    now = 2000;
    recorder.begin({ ...call, callId: 'c2', dialed: '202', startedAt: 2000 });
    await recorder.stop();
    expect(saved.get('c1')).toMatchObject({ endedAt: 2000, outcome });
    expect(recorder.active()).toMatchObject([{ callId: 'c2', endedAt: undefined }]);
  },
);

test('tells of each thing that happens to a call once', async () => {
  recorder.begin({ ...call, startedAt: 1000 });
  recorder.redirect('ch1', 'lisbon');
  recorder.redirect('ch1', 'porto');
  for (let time = 0; time < 2; time += 1) {
    recorder.ringing('ch1', now);
    recorder.answered('ch1', now);
  }
  recorder.ended('ch1', cause.normalClearing);
  recorder.ended('ch1', cause.normalClearing);
  recorder.refused({ ...call, callId: 'c2', channel: 'ch2', startedAt: 1000 }, cause.callRejected);
  expect(events.told).toEqual([
    ['redirected', 'c1'],
    ['rang', 'c1'],
    ['answered', 'c1'],
    ['ended', 'c1'],
    ['ended', 'c2'],
  ]);
});

test('channels of other people are none of its business', async () => {
  recorder.ringing('other', now);
  recorder.ended('other', 16);
  await recorder.stop();
  expect(saved.size).toBe(0);
});

test('a record that cannot be written is written later, and not lost', async () => {
  failures = 1;
  recorder.begin({ ...call, startedAt: 1000 });
  recorder.ended('ch1', 17);
  await expect.poll(() => saved.get('c1'), { timeout: 5000 }).toMatchObject({ outcome: 'busy' });
  expect(events.errors).toHaveLength(1);
});

test('what calls come to in one moment is written at once', async () => {
  recorder.begin({ ...call, startedAt: 1000 });
  recorder.ringing('ch1', now);
  recorder.begin({ ...call, callId: 'c2', channel: 'ch2', startedAt: 1000 });
  await recorder.stop();
  expect(writes).toBe(1);
  expect(saved.get('c1')).toMatchObject({ ringingAt: 1000 });
  expect(saved.get('c2')).toMatchObject({ startedAt: 1000 });
});

test('a call is written when it begins, so that none is forgotten, and what becomes of it a little later', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  recorder.begin({ ...call, startedAt: 1000 });
  await turns();
  expect(saved.get('c1')).toMatchObject({ startedAt: 1000 });
  recorder.answered('ch1', 1010);
  recorder.ended('ch1', cause.normalClearing);
  await turns();
  expect(saved.get('c1')).toMatchObject({ answeredAt: undefined });
  await vi.advanceTimersByTimeAsync(250);
  await turns();
  expect(saved.get('c1')).toMatchObject({ answeredAt: 1010, endedAt: 1000 });
  expect(writes).toBe(2);
});

test('or with the next call that begins', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  recorder.begin({ ...call, startedAt: 1000 });
  await turns();
  recorder.answered('ch1', 1010);
  recorder.begin({ ...call, callId: 'c2', channel: 'ch2', startedAt: 1000 });
  await turns();
  expect(saved.get('c1')).toMatchObject({ answeredAt: 1010 });
  await vi.advanceTimersByTimeAsync(1000);
  expect(writes).toBe(2);
});

test('what waits is written before records are read', async () => {
  recorder.begin({ ...call, startedAt: 1000 });
  await turns();
  recorder.answered('ch1', 1010);
  expect(await recorder.list({ since: 0, limit: 1 })).toMatchObject([{ answeredAt: 1010 }]);
  recorder.ended('ch1', cause.normalClearing);
  await recorder.usage({ since: 0, until: 1, periodMs: 1, by: undefined });
  expect(saved.get('c1')).toMatchObject({ endedAt: 1000 });
});

test('and reading does not wait for a database that does not take it', async () => {
  failures = 1;
  recorder.begin({ ...call, startedAt: 1000 });
  expect(await recorder.list({ since: 0, limit: 1 })).toEqual([]);
  await expect
    .poll(() => recorder.list({ since: 0, limit: 1 }), { timeout: 5000 })
    .toMatchObject([{ callId: 'c1' }]);
});

test('a record that is never taken does not keep the others from being written', async () => {
  refused = 'c1';
  for (const [callId, channel] of [
    ['c1', 'ch1'],
    ['c2', 'ch2'],
    ['c3', 'ch3'],
  ] as const)
    recorder.begin({ ...call, callId, channel, startedAt: 1000 });
  await expect.poll(() => [...saved.keys()].toSorted(), { timeout: 10_000 }).toEqual(['c2', 'c3']);
});

test('what is recorded at the last moment is written before the end', async () => {
  recorder.begin({ ...call, startedAt: 1000 });
  await recorder.stop();
  expect(saved.get('c1')).toMatchObject({ startedAt: 1000 });
});

test.each([
  ['when it rang', 1010, 1010],
  ['that another phone rang later', 1030, undefined],
])('of a call it may be heard after its answer %s', async (_what, at, ringingAt) => {
  recorder.begin({ ...call, startedAt: 1000 });
  recorder.answered('ch1', 1020);
  recorder.ringing('ch1', at);
  expect(recorder.find('ch1')).toMatchObject({ ringingAt, answeredAt: 1020 });
});

test('after a restart the calls that were up are known again', async () => {
  recorder.begin({ ...call, startedAt: 1000 });
  await recorder.stop();
  const restarted = new CallRecorder({
    store: {
      save: async () => undefined,
      list: async () => [],
      usage: async () => [],
      open: async () => [...saved.values()],
    },
    now: () => 9000,
    events,
  });
  await restarted.reopen();
  expect(restarted.active()).toMatchObject([{ callId: 'c1', startedAt: 1000 }]);
});

/** Until what does not wait for time is done. */
async function turns(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await setImmediate();
}
