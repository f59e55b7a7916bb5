import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { version } from '../domain/version.ts';

function run(...args: readonly string[]): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(join(import.meta.dirname, 'interlinks'), args, { encoding: 'utf8' });
}

test.each([
  [['--bogus'], "unknown option '--bogus'"],
  [['nosuch'], "unknown command 'nosuch'"],
  [['link'], "missing required argument 'name'"],
  [['calls', '--since', 'x'], 'Write a number and s, m, h or d'],
])('%j is refused in one line with a code', (args, message) => {
  const { status, stdout, stderr } = run(...args);
  expect(stderr).toMatch(/^interlinks: [^\n]+ \[request-invalid\]\n$/);
  expect(stderr).toContain(message);
  expect([status, stdout]).toEqual([2, '']);
});

test('with --json, so is the error', () => {
  const { status, stderr } = run('--json', 'nosuch');
  expect(JSON.parse(stderr)).toMatchObject({ error: { code: 'request-invalid' } });
  expect(status).toBe(2);
});

test('help and version are printed, with exit 0', () => {
  expect(run('--help')).toMatchObject({
    status: 0,
    stdout: expect.stringContaining('interlinks'),
    stderr: '',
  });
  expect(run('--version')).toMatchObject({ status: 0, stdout: `${version}\n`, stderr: '' });
});

test('without a command there is help, and no success', () => {
  expect(run()).toMatchObject({ status: 2, stderr: expect.stringMatching(/^Usage: interlinks/) });
});
