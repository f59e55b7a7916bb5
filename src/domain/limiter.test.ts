import { expect, test } from 'vitest';
import { Limiter } from './limiter.ts';

test('runs so many at once, the others in the order they came, also after failures', async () => {
  const limiter = new Limiter(2);
  const started: number[] = [];
  const jobs = Array.from({ length: 5 }, () => Promise.withResolvers<void>());
  const done = jobs.map(({ promise }, index) =>
    limiter.run(async () => {
      started.push(index);
      await promise;
    }),
  );
  const results = Promise.allSettled(done);
  expect(started).toEqual([0, 1]);
  jobs[1]?.reject(new Error('failed'));
  await expect(done[1]).rejects.toThrow('failed');
  expect(started).toEqual([0, 1, 2]);
  for (const { resolve } of jobs) resolve();
  await results;
  expect(started).toEqual([0, 1, 2, 3, 4]);
});

test('who leaves before the turn has come does not run, and keeps nobody waiting', async () => {
  const limiter = new Limiter(1);
  const first = Promise.withResolvers<void>();
  const running = limiter.run(async () => await first.promise);
  const leaving = new AbortController();
  const left = limiter.runUnless(leaving.signal, async () => await Promise.resolve('left'));
  const stayed = limiter.runUnless(new AbortController().signal, async () => await Promise.resolve('stayed'));
  leaving.abort();
  expect(await left).toBeUndefined();
  first.resolve();
  await running;
  expect(await stayed).toBe('stayed');
  expect(await limiter.runUnless(leaving.signal, async () => await Promise.resolve('late'))).toBeUndefined();
  expect(await limiter.run(async () => await Promise.resolve('last'))).toBe('last');
});
