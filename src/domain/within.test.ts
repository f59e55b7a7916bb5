import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { within } from './within.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('gives what came of the work, and leaves no timer', async () => {
  expect(await within(1000, Promise.resolve('done'), 'work')).toBe('done');
  await expect(within(1000, Promise.reject(new Error('failed')), 'work')).rejects.toThrow('failed');
  expect(vi.getTimerCount()).toBe(0);
});

test('gives up when the time is over', async () => {
  const late = within(1000, new Promise(() => undefined), 'work').catch(String);
  await vi.advanceTimersByTimeAsync(1000);
  expect(await late).toBe('Error: work: no answer within 1000 ms');
});
