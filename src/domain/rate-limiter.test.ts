import { expect, test } from 'vitest';
import { RateLimiter } from './rate-limiter.ts';

const limit = { burst: 3, perSecond: 2, maxKeys: 2 };

/** Charges one so often. @returns which of them were told to have exhausted it */
function charge(limiter: RateLimiter, key: string, now: number, times: number): readonly boolean[] {
  return Array.from({ length: times }, () => limiter.charge(key, now));
}

test('a burst is allowed, then no more; it is told once', () => {
  const limiter = new RateLimiter(limit);
  expect(limiter.allows('a', 0)).toBe(true);
  expect(charge(limiter, 'a', 0, 5)).toEqual([false, false, true, false, false]);
  expect(limiter.allows('a', 0)).toBe(false);
});

test('it comes back with time, and never beyond the burst', () => {
  const limiter = new RateLimiter(limit);
  charge(limiter, 'a', 0, 3);
  expect(limiter.allows('a', 499)).toBe(false);
  expect(limiter.allows('a', 500)).toBe(true);
  charge(limiter, 'a', 3_600_000, 3);
  expect(limiter.allows('a', 3_600_000)).toBe(false);
});

test('who goes on over the limit is told of again only after a pause', () => {
  const limiter = new RateLimiter(limit);
  charge(limiter, 'a', 0, 3);
  expect([500, 1000, 1500].map((now) => limiter.charge('a', now))).toEqual([false, false, false]);
  expect(charge(limiter, 'a', 5000, 3)).toEqual([false, false, true]);
});

test('keys do not touch each other', () => {
  const limiter = new RateLimiter(limit);
  charge(limiter, 'a', 0, 9);
  expect(limiter.allows('b', 0)).toBe(true);
});

test('what is cheap may be had more often', () => {
  const limiter = new RateLimiter(limit);
  for (let times = 0; times < 8; times++) limiter.charge('a', 0, 0.25);
  expect(limiter.allows('a', 0)).toBe(true);
  limiter.charge('a', 0, 0.25);
  expect(limiter.allows('a', 0)).toBe(false);
});

test('only so many keys are kept, the latest', () => {
  const limiter = new RateLimiter(limit);
  for (const key of ['a', 'b', 'a', 'c']) charge(limiter, key, 0, 3);
  expect(['a', 'b', 'c'].map((key) => limiter.allows(key, 0))).toEqual([false, true, false]);
});
