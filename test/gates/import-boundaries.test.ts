import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';

const run = promisify(execFile);
const repository = resolve(import.meta.dirname, '../..');

interface Report {
  readonly files: number;
  readonly violations: readonly string[];
}

/** Lints a small tree of its own under the project's rules. */
async function lint(files: Readonly<Record<string, string>>): Promise<Report> {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
  const { stdout } = await run(
    join(repository, 'node_modules/.bin/oxlint'),
    ['-f', 'json', ...Object.keys(files)],
    { cwd: folder },
  ).catch((error: { stdout: string }) => error);
  const { diagnostics, number_of_files } = JSON.parse(stdout) as {
    diagnostics: { code: string; filename: string }[];
    number_of_files: number;
  };
  return {
    files: number_of_files,
    violations: diagnostics
      .filter(({ code }) => code.includes('no-restricted-imports'))
      .map(({ filename }) => filename),
  };
}

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'interlinks-boundaries-'));
  await copyFile(join(repository, '.oxlintrc.json'), join(folder, '.oxlintrc.json'));
  await symlink(join(repository, 'node_modules'), join(folder, 'node_modules'));
  await writeFile(
    join(folder, 'tsconfig.json'),
    JSON.stringify({ extends: join(repository, 'tsconfig.json') }),
  );
});

afterAll(() => rm(folder, { recursive: true }));

const forbidden = [
  ['src/domain/a.ts', '../calls/route-call.ts'],
  ['src/domain/b.ts', 'node:fs'],
  ['src/domain/c.ts', '../store/index.ts'],
  ['src/calls/a.ts', '../store/index.ts'],
  ['src/calls/b.ts', '../interlinks/registry.ts'],
  ['src/access/a.ts', '../store/index.ts'],
  ['src/calls/c.ts', '../access/access-control.ts'],
  ['src/interlinks/a.ts', '../peer/client.ts'],
  ['src/asterisk/a.ts', '../peer/client.ts'],
  ['src/asterisk/nested/a.ts', '../../store/index.ts'],
  ['src/peer/a.ts', '../asterisk/ari-connection.ts'],
  ['src/store/a.ts', '../admin/server.ts'],
  ['src/admin/a.ts', '../store/index.ts'],
  ['src/cli/a.ts', '../store/index.ts'],
  ['src/config/a.ts', '../app.ts'],
  ['src/observability/a.ts', '../store/index.ts'],
  ['src/doctor/a.ts', '../interlinks/health-monitor.ts'],
  ['src/doctor/checks/a.ts', '../probes/ari-reader.ts'],
  ['src/doctor/checks/b.ts', 'node:fs/promises'],
  ['src/admin/b.ts', '../doctor/examine-system.ts'],
  ['src/interlinks/b.ts', '../doctor/finding.ts'],
  ['src/admin/web/a.ts', '../server.ts'],
  ['src/admin/web/parts/b.ts', '../../../domain/failure.ts'],
  ['src/admin/web/c.ts', 'node:fs'],
  ['src/domain/d.ts', '../files/whole-file.ts'],
  ['src/interlinks/c.ts', '../files/whole-file.ts'],
  ['src/files/a.ts', '../domain/failure.ts'],
] as const;

test.each(forbidden)('%s may not import %s', async (file, target) => {
  const report = await lint({ [file]: `import { x } from '${target}';\nexport const y: unknown = x;\n` });
  expect(report).toEqual({ files: 1, violations: [file] });
});

const allowed = [
  ['src/domain/ok.ts', './numbers.ts'],
  ['src/domain/ok2.ts', 'node:crypto'],
  ['src/calls/ok.ts', '../domain/call.ts'],
  ['src/peer/ok.ts', '../interlinks/interlink-store.ts'],
  ['src/admin/web/parts/ok.ts', '../../schema.ts'],
  ['src/admin/ok.ts', '../access/access-control.ts'],
  ['src/store/ok.ts', '../access/access-token.ts'],
  ['src/cli/ok.ts', '../admin/schema.ts'],
  ['src/observability/ok.ts', '../calls/call-events.ts'],
  ['src/cli/ok2.ts', '../doctor/examine-system.ts'],
  ['src/doctor/ok.ts', '../asterisk/ari-probe.ts'],
  ['src/app.ts', './store/index.ts'],
  ['src/store/ok2.ts', '../files/whole-file.ts'],
  ['src/files/ok.ts', '../domain/exclusive.ts'],
] as const;

test.each(allowed)('%s may import %s', async (file, target) => {
  const report = await lint({ [file]: `import { x } from '${target}';\nexport const y: unknown = x;\n` });
  expect(report).toEqual({ files: 1, violations: [] });
});

test('the gate sees every file of the source', { timeout: 120_000 }, async () => {
  const { stdout } = await run(join(repository, 'node_modules/.bin/oxlint'), ['-f', 'json', 'src'], {
    cwd: repository,
  }).catch((error: { stdout: string }) => error);
  const { number_of_files } = JSON.parse(stdout) as { number_of_files: number };
  const { stdout: listed } = await run('git', ['ls-files', 'src/*.ts'], { cwd: repository });
  expect(number_of_files).toBeGreaterThanOrEqual(listed.trim().split('\n').length);
});
