import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { DelayedTasks } from './delayed-tasks.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('does each name’s latest task once, after its time', async () => {
  const tasks = new DelayedTasks();
  const done: string[] = [];
  const work = (what: string) => async () => void done.push(await Promise.resolve(what));
  tasks.schedule('a', 100, work('a1'));
  tasks.schedule('b', 100, work('b'));
  tasks.schedule('a', 100, work('a2'));
  await vi.advanceTimersByTimeAsync(99);
  expect(done).toEqual([]);
  await vi.advanceTimersByTimeAsync(500);
  expect(done.toSorted()).toEqual(['a2', 'b']);
});

test('after a cancel nothing of that name happens any more', async () => {
  const tasks = new DelayedTasks();
  let ended = false;
  const { promise, resolve } = Promise.withResolvers<void>();
  tasks.schedule('a', 100, async () => {
    await promise;
    ended = true;
  });
  await vi.advanceTimersByTimeAsync(100);
  const cancelled = tasks.cancel('a');
  resolve();
  await cancelled;
  expect(ended).toBe(true);

  tasks.schedule('b', 100, async () => await Promise.reject(new Error('too late')));
  await tasks.cancel('b');
  await vi.advanceTimersByTimeAsync(500);
  expect(vi.getTimerCount()).toBe(0);
});

test('a cancel waits for all that is under way for that name', async () => {
  const tasks = new DelayedTasks();
  const { promise, resolve } = Promise.withResolvers<void>();
  const done: string[] = [];
  tasks.schedule('a', 100, async () => {
    await promise;
    done.push('first');
  });
  await vi.advanceTimersByTimeAsync(100);
  tasks.schedule('a', 100, async () => void done.push('second'));
  await vi.advanceTimersByTimeAsync(100);
  const cancelled = tasks.cancel('a').then(() => done.push('cancelled'));
  await vi.advanceTimersByTimeAsync(0);
  expect(done).toEqual(['second']);
  resolve();
  await cancelled;
  expect(done).toEqual(['second', 'first', 'cancelled']);
});

test('a cancel ends work that schedules itself again while it is under way', async () => {
  const tasks = new DelayedTasks();
  let runs = 0;
  const again = async (): Promise<void> => {
    runs += 1;
    await Promise.resolve();
    tasks.schedule('a', 100, again);
  };
  tasks.schedule('a', 100, again);
  vi.advanceTimersByTime(100);
  await tasks.cancel('a');
  expect(vi.getTimerCount()).toBe(0);
  await vi.advanceTimersByTimeAsync(500);
  expect(runs).toBe(1);
});
