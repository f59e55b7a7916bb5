import { defineConfig } from 'vitest/config';

const systemTest = {
  // They wait more than they work: two at once take half the time on two cores, and no longer each.
  maxWorkers: 2,
  sequence: { groupOrder: 1 },
  testTimeout: 60_000,
  hookTimeout: 120_000,
  // What is asked may be a command of its own, on a busy machine.
  expect: { poll: { timeout: 10_000 } },
};

export default defineConfig({
  test: {
    reporters: ['default', './test/rig/summary-reporter.ts'],
    projects: [
      {
        test: {
          name: 'unit',
          include: ['src/**/*.test.ts', 'test/gates/**/*.test.ts', 'bench/**/*.test.ts'],
          testTimeout: 30_000,
        },
      },
      { test: { name: 'store', include: ['test/store/**/*.test.ts'], ...systemTest } },
      { test: { name: 'model', include: ['test/model/**/*.test.ts'], ...systemTest } },
      {
        // A browser is fetched at the first time.
        test: {
          name: 'browser',
          include: ['test/browser/**/*.test.ts'],
          ...systemTest,
          hookTimeout: 300_000,
        },
      },
      {
        test: {
          name: 'system',
          include: ['test/system/**/*.test.ts', 'test/docs/**/*.test.ts', 'test/scenarios/*.test.ts'],
          ...systemTest,
        },
      },
      {
        // After all others: what it starts is heavier than they are.
        test: {
          name: 'docker',
          include: ['test/docker/**/*.test.ts'],
          ...systemTest,
          sequence: { groupOrder: 2 },
          // testcontainers would fetch an image that removes what is left; docker compose does that here.
          env: { TESTCONTAINERS_RYUK_DISABLED: 'true' },
        },
      },
    ],
  },
});
