import { defineConfig } from 'vitest/config';

/** What `make rig-long` runs: it needs the machine for itself, or waits long. */
export default defineConfig({
  test: {
    reporters: ['default', './test/rig/summary-reporter.ts'],
    include: ['test/long/**/*.test.ts'],
    fileParallelism: false,
    testTimeout: 240_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 10_000 } },
  },
});
