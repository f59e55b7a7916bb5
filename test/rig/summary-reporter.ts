import type { Reporter, TestModule } from 'vitest/node';

interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

/**
 * A vitest reporter whose only output is the very last line of a run: `N passed, N failed`, and `, N skipped` if any
 * were. It counts test cases of all projects. What keeps cases from running (a file that does not load, a hook that
 * fails, an error nobody handled, a run that breaks off) counts as failed, so a line with `0 failed` is a good run.
 */
export default class SummaryReporter implements Reporter {
  #counts: Counts | undefined;

  onInit(): void {
    process.once('exit', () => {
      process.stdout.write(`${format(this.#counts ?? { passed: 0, failed: 1, skipped: 0 })}\n`);
    });
  }

  onTestRunStart(): void {
    this.#counts = undefined;
  }

  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly unknown[], reason: string): void {
    const counts = { passed: 0, failed: unhandled.length, skipped: 0 };
    for (const module of modules) count(module, counts);
    if (reason !== 'passed' && counts.failed === 0) counts.failed = 1;
    this.#counts = counts;
  }
}

function count(module: TestModule, counts: Counts): void {
  const failedBefore = counts.failed;
  for (const test of module.children.allTests()) {
    const { state } = test.result();
    counts[state === 'pending' ? 'failed' : state] += 1;
  }
  if (module.state() !== 'passed' && module.state() !== 'skipped' && counts.failed === failedBefore) {
    counts.failed += 1;
  }
}

function format({ passed, failed, skipped }: Counts): string {
  const skips = skipped > 0 ? `, ${skipped} skipped` : '';
  return `${passed} passed, ${failed} failed${skips}`;
}
