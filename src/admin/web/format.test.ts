import { expect, test } from 'vitest';
import { durationText, timeText, withLocalTimes } from './format.ts';

test('durations are as long as they need to be', () => {
  expect([0, 40.4, 999, 1000, 59_900, 65_000, 3_723_000].map(durationText)).toEqual([
    '0 ms',
    '40 ms',
    '999 ms',
    '1.0 s',
    '59.9 s',
    '1:05',
    '1:02:03',
  ]);
});

test('today’s times have no date', () => {
  const noon = new Date(2026, 10, 27, 12);
  const morning = new Date(2026, 10, 27, 8).toISOString();
  const yesterday = new Date(2026, 10, 26, 12).toISOString();
  expect(timeText(morning, noon)).not.toContain('2026');
  expect(timeText(yesterday, noon)).toContain('2026');
});

test('times within the service’s words are in the reader’s zone', () => {
  const told = 'does not answer since 2026-01-02 13:55:06 UTC (nothing listens there)';
  const local = timeText('2026-01-02T13:55:06Z');
  expect(withLocalTimes(told)).toBe(`does not answer since ${local} (nothing listens there)`);
  expect(withLocalTimes('connected')).toBe('connected');
});
