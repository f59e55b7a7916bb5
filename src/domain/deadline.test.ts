import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Deadline } from './deadline.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('aborts when the time is over, and says that it was that', () => {
  using deadline = new Deadline(1500, new AbortController().signal);
  vi.advanceTimersByTime(1499);
  expect(deadline.signal.aborted).toBe(false);
  vi.advanceTimersByTime(1);
  expect(deadline.signal.reason).toMatchObject({ name: 'TimeoutError' });
});

test('aborts sooner with another signal, for its reason', () => {
  const sooner = new AbortController();
  using deadline = new Deadline(1500, sooner.signal);
  sooner.abort('hung up');
  expect(deadline.signal.reason).toBe('hung up');
});

test('is over with the work that it limits', () => {
  const done = new Deadline(1500);
  done[Symbol.dispose]();
  expect(vi.getTimerCount()).toBe(0);
  vi.advanceTimersByTime(2000);
  expect(done.signal.aborted).toBe(false);
});
