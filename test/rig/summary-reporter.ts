import { stripVTControlCharacters } from 'node:util';
import type { Reporter, SerializedError, TestModule } from 'vitest/node';

interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

/** Characters of an error that are shown once more. */
const shownCharacters = 400;

/**
 * A vitest reporter whose only output is at the very end of a run: each failure once more in a line of its own, and as
 * the last line `N passed, N failed`, and `, N skipped` if any were. It counts test cases of all projects. What keeps
 * cases from running (a file that does not load, a hook that fails, an error nobody handled, a run that breaks off)
 * counts as failed, so a line with `0 failed` is a good run.
 */
export default class SummaryReporter implements Reporter {
  #counts: Counts | undefined;
  #failures: readonly string[] = [];

  onInit(): void {
    process.once('exit', () => {
      const counts = format(this.#counts ?? { passed: 0, failed: 1, skipped: 0 });
      process.stdout.write(`${[...this.#failures, counts].join('\n')}\n`);
    });
  }

  onTestRunStart(): void {
    this.#counts = undefined;
    this.#failures = [];
  }

  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly unknown[], reason: string): void {
    const counts = { passed: 0, failed: unhandled.length, skipped: 0 };
    for (const module of modules) count(module, counts);
    if (reason !== 'passed' && counts.failed === 0) counts.failed = 1;
    this.#counts = counts;
    this.#failures = modules.flatMap(failuresOf);
  }
}

function count(module: TestModule, counts: Counts): void {
  const failedBefore = counts.failed;
  for (const test of module.children.allTests()) {
    const { state } = test.result();
    counts[state === 'pending' ? 'failed' : state] += 1;
  }
  for (const group of [module, ...module.children.allSuites()]) {
    if (group.errors().length > 0) counts.failed += 1;
  }
  if (module.state() !== 'passed' && module.state() !== 'skipped' && counts.failed === failedBefore) {
    counts.failed += 1;
  }
}

/** Of the file itself, of what its hooks did, and of its tests. */
function failuresOf(module: TestModule): readonly string[] {
  const file = module.relativeModuleId;
  return [
    ...module.errors().map((error) => describe(file, error)),
    ...[...module.children.allSuites()].flatMap((suite) =>
      suite.errors().map((error) => describe(`${file}: ${suite.fullName}`, error)),
    ),
    ...[...module.children.allTests('failed')].flatMap((test) =>
      (test.result().errors ?? []).map((error) => describe(`${file}: ${test.fullName}`, error)),
    ),
  ];
}

function describe(what: string, { message }: SerializedError): string {
  const why = stripVTControlCharacters(message).replaceAll(/\s+/g, ' ');
  return `failed: ${what}: ${why.slice(0, shownCharacters)}`;
}

function format({ passed, failed, skipped }: Counts): string {
  const skips = skipped > 0 ? `, ${skipped} skipped` : '';
  return `${passed} passed, ${failed} failed${skips}`;
}
