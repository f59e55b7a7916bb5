import { beforeEach, expect, test } from 'vitest';
import { CallRecorder } from '../calls/call-recorder.ts';
import { cause } from '../domain/hangup-cause.ts';
import { CallLog } from './call-log.ts';

/** What was written: the message, then the fields that say when. */
let lines: unknown[][];
/** Post-dial delays that were counted, seconds. */
let delays: number[];
let now: number;
let recorder: CallRecorder;

beforeEach(() => {
  lines = [];
  delays = [];
  now = 1000;
  const keep = (fields: object | string, message?: string): void => {
    const { afterSeconds, rangAfterSeconds, talkedSeconds, outcome } = Object(fields) as Record<
      string,
      unknown
    >;
    lines.push([message, afterSeconds, outcome, rangAfterSeconds, talkedSeconds]);
  };
  recorder = new CallRecorder({
    store: { save: async () => undefined, list: async () => [], usage: async () => [], open: async () => [] },
    now: () => now,
    events: new CallLog(
      { debug: keep, info: keep, warn: keep, error: keep },
      { postDialDelay: (_direction, seconds) => void delays.push(seconds), callEnded: () => undefined },
    ),
  });
  recorder.begin({
    callId: 'c1',
    direction: 'out',
    interlinkId: 'lisbon',
    caller: '101',
    dialed: '201',
    channel: 'ch1',
    startedAt: 1000,
  });
});

test('a call that rings for a while has a line when that is known', () => {
  now = 1500;
  recorder.ringing('ch1', 1020);
  now = 3000;
  recorder.answered('ch1', 3000);
  now = 8000;
  recorder.ended('ch1', cause.normalClearing);
  expect(lines).toEqual([
    ['call rings', 0.02, undefined, undefined, undefined],
    ['call answered', 2, undefined, undefined, undefined],
    ['call ended', undefined, 'answered', 0.02, 5],
  ]);
  expect(delays).toEqual([0.02]);
});

test('of one that was answered at once, its end tells when it rang', () => {
  now = 1100;
  recorder.answered('ch1', 1100);
  now = 8000;
  recorder.ringing('ch1', 1020);
  recorder.ended('ch1', cause.normalClearing);
  expect(lines).toEqual([
    ['call answered', 0.1, undefined, undefined, undefined],
    ['call ended', undefined, 'answered', 0.02, 6.9],
  ]);
  expect(delays).toEqual([0.02]);
});

test.each([
  ['was answered by what does not ring, as if it had rung then', 1200, [0.2]],
  ['nobody answered and nothing rang, not at all', undefined, []],
])('the post-dial delay of one that %s is counted', (_what, answeredAt, expected) => {
  if (answeredAt !== undefined) recorder.answered('ch1', answeredAt);
  now = 2000;
  recorder.ended('ch1', cause.userBusy);
  expect(delays).toEqual(expected);
});
