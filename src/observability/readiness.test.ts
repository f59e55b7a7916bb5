import { expect, test, vi } from 'vitest';
import { ReadinessCheck } from './readiness.ts';

test('nothing is missing while Asterisk and database are there', async () => {
  const check = new ReadinessCheck({ asterisk: () => undefined, pingDatabase: async () => undefined });
  expect(await check.reasons()).toEqual([]);
});

test('names all that is missing', async () => {
  const asterisk = { code: 'ari-unreachable', message: 'Asterisk is away', remedy: 'Start it.' } as const;
  const check = new ReadinessCheck({
    asterisk: () => asterisk,
    pingDatabase: async () => await Promise.reject(new Error('down')),
  });
  expect(await check.reasons()).toEqual([
    asterisk,
    expect.objectContaining({ code: 'database-unreachable' }),
  ]);
});

test('a database that hangs is missing, is asked once however many want to know, and is found again', async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const pingDatabase = vi.fn<() => Promise<void>>(async () => await promise);
  const check = new ReadinessCheck({ asterisk: () => undefined, pingDatabase });
  const answers = await Promise.all([check.reasons(), check.reasons()]);
  expect(answers.map(([first]) => first?.code)).toEqual(['database-unreachable', 'database-unreachable']);
  expect(pingDatabase).toHaveBeenCalledTimes(1);
  resolve();
  await expect.poll(() => check.reasons()).toEqual([]);
});
