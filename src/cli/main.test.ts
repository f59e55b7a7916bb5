import { spawnSync } from 'node:child_process';
import { openSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { minimal } from '../config/testing/fixture.ts';
import { version } from '../domain/version.ts';

const command = join(import.meta.dirname, 'interlinks');

interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function run(...args: readonly string[]): Ended {
  return spawnSync(command, args, { encoding: 'utf8' });
}

function runWithInput(input: string, ...args: readonly string[]): Ended {
  return spawnSync(command, args, { encoding: 'utf8', input });
}

test.each([
  [['--bogus'], 'unknown option \'--bogus\'. See "interlinks --help".'],
  [['nosuch'], "unknown command 'nosuch'"],
  [['lst'], "unknown command 'lst' (Did you mean list?)."],
  [['link'], 'missing required argument \'name\'. See "interlinks link --help".'],
  [['key', 'new', 'x', '--trunk', 'sip'], 'Allowed choices are pjsip, iax2.'],
  [['calls', '--since', 'x'], 'Write a number and s, m, h or d'],
  [['completion', 'powershell'], 'Allowed choices are bash, zsh, fish.'],
  [['list', 'too', 'many'], 'too many arguments'],
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

test('a reader that has enough makes no error; its absence is no success', () => {
  const script = `"$1" --json check /nowhere 2>&1 | cat; "$1" help | true; echo "\${PIPESTATUS[0]}"`;
  const { stdout, stderr } = spawnSync('bash', ['-c', script, 'bash', command], { encoding: 'utf8' });
  expect(stdout).toMatch(/^\{"error".*\}\n(?:0|141)\n$/);
  expect(stderr).toBe('');
});

test('a full disk is told in one line', () => {
  const { status, stderr } = spawnSync(command, ['--version'], {
    encoding: 'utf8',
    stdio: ['ignore', openSync('/dev/full', 'w'), 'pipe'],
  });
  expect(stderr).toMatch(/^interlinks: The output cannot be written: [^\n]+ \[output-unwritable\]\n$/);
  expect(status).toBe(1);
});

test('check reads standard input, and does without the passwords where told so', () => {
  const text = minimal.replace('numbers: []', 'numbers: [{ number: 101, ring: [PJSIP/101] }]');
  const broken = runWithInput(text, 'check', '--no-secrets', '-');
  expect(broken).toMatchObject({ status: 1, stdout: '' });
  expect(broken.stderr).toMatch(/^<stdin>:\d+:\d+: numbers\[0\]\.number needs quotes[^\n]*\n$/);
  expect(runWithInput(minimal, 'check', '--no-secrets', '-')).toMatchObject({ status: 0, stderr: '' });
  expect(runWithInput(minimal, 'check', '-')).toMatchObject({
    status: 1,
    stderr: expect.stringContaining('password'),
  });
});

test('check ends each problem as a sentence, a question too', () => {
  const text = minimal.replace('numbers: []', "numbers: [{ number: '101', privat: true }]");
  expect(runWithInput(text, 'check', '--no-secrets', '-').stderr).toMatch(
    /There is no key "privat" in numbers\[0\]\. Did you mean private\?\n$/,
  );
});

test('check --json gives the place of each problem', () => {
  const { status, stdout } = runWithInput(`${minimal}nosuch: 1\n`, '--json', 'check', '--no-secrets', '-');
  const { problems } = JSON.parse(stdout) as { problems: readonly object[] };
  expect(problems).toEqual([
    expect.objectContaining({ file: '<stdin>', line: minimal.split('\n').length, column: 1, path: 'nosuch' }),
  ]);
  expect(status).toBe(1);
});
