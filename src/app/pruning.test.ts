import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { minimal } from '../config/testing/fixture.ts';
import { LiveConfig } from '../config/live-config.ts';
import { parseSource } from '../config/load.ts';
import { startPruning } from './pruning.ts';

const hour = 3_600_000;
const day = 24 * hour;

beforeEach(() => vi.useFakeTimers({ now: 1000 * day }));
afterEach(() => vi.useRealTimers());

function read(text: string) {
  return parseSource({ file: '/etc/interlinks.yaml', text, hasByteOrderMark: false, hash: '' }).config;
}

const at = (hours: number) => 24_000 + hours;

test('every hour what is too old goes, by the configuration in force, also after a failure', async () => {
  const pruned: [string, number][] = [];
  const part = (name: string) => ({
    prune: (before: number) => {
      pruned.push([name, before / hour]);
      return Promise.reject(new Error('the database is away'));
    },
  });
  const store = { seenRequests: part('requests'), calls: part('calls'), audit: part('audit') };
  const live = new LiveConfig(read(minimal));
  const warn = vi.fn<(fields: object | string) => void>();
  const stop = startPruning({ store, live, now: Date.now, log: { warn } });

  await vi.advanceTimersByTimeAsync(hour);
  expect(pruned.splice(0)).toEqual([
    ['requests', at(1)],
    ['calls', at(1 - 365 * 24)],
    ['audit', at(1 - 365 * 24)],
  ]);
  expect(warn).toHaveBeenCalledOnce();

  await live.replace(read(`${minimal}records: { days: 30 }\n`));
  await vi.advanceTimersByTimeAsync(hour);
  expect(pruned.splice(0)).toContainEqual(['calls', at(2 - 30 * 24)]);

  stop();
  await vi.advanceTimersByTimeAsync(hour);
  expect(pruned).toEqual([]);
});
