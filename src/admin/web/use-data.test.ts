import { expect, onTestFinished, test, vi } from 'vitest';
import { untilCurrent, type Data } from './use-data.ts';

test('asks again until nothing has changed, and rests for as long as each answer took', async () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const began = Date.now();
  const asked: number[] = [];
  const shown: unknown[] = [];
  const done = vi.fn<() => void>();
  const ask = async (): Promise<number> => {
    asked.push(Date.now() - began);
    await new Promise((resolve) => setTimeout(resolve, 400));
    if (asked.length === 2) throw new TypeError('no way there');
    return asked.length;
  };
  const latest = { current: { ask, key: '0' } };
  const data: Data<number> = { value: undefined, error: undefined };
  const until = untilCurrent(latest, (change) => void shown.push(change(data)), done);
  for (let change = 1; change <= 20; change += 1) {
    await vi.advanceTimersByTimeAsync(100);
    latest.current = { ask, key: String(change) };
  }
  await vi.advanceTimersByTimeAsync(2000);
  await until;
  expect(done).toHaveBeenCalledOnce();
  expect(asked).toEqual([0, 800, 1600, 2400]);
  expect(shown).toEqual([
    { value: 1, error: undefined },
    { value: undefined, error: expect.objectContaining({ code: expect.any(String) }) },
    { value: 3, error: undefined },
    { value: 4, error: undefined },
  ]);
});
