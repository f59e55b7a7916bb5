import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ConfigFile } from './config-file.ts';
import { runConfigJob } from './config-jobs.ts';
import { minimal } from './testing/fixture.ts';
import { LiveConfig } from './live-config.ts';
import { parseSource, readSource } from './load.ts';

const run = promisify(execFile);
const quiet = () => undefined;
const patience = { timeout: 10_000 };
vi.setConfig({ testTimeout: 30_000 });

const shared = minimal.replace('numbers: []', 'numbers:\n  - { number: "101", ring: [PJSIP/101] }');
const hidden = shared.replace('101]', '101], private: true');

let folder: string;
let file: string;
let settings: ConfigFile;
let live: LiveConfig;
/** How often the file was found invalid: as when it is read while it is written. */
let refusals: number;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'interlinks-editors-'));
  file = join(folder, 'interlinks.yaml');
  await writeFile(file, shared);
  const started = parseSource(await readSource(file));
  live = new LiveConfig(started.config);
  const log = { debug: quiet, info: quiet, warn: quiet, error: quiet };
  settings = new ConfigFile({ started, live, log, run: (job) => runConfigJob(job) });
  refusals = 0;
  settings.subscribe(() => (refusals += settings.state.refused === undefined ? 0 : 1));
  await settings.watch({ settleMs: 150, pollMs: 3_600_000 });
});

afterEach(async () => {
  settings.close();
  await rm(folder, { recursive: true });
});

const script = 'old=$1 new=$2; ';

/** What programs do to a file that they save; `$1` is the file, `$2` one with its new content. */
const ways: readonly (readonly [string, string])[] = [
  ['sed -i', 'sed -i "s/101]/101], private: true/" "$old"'],
  ['cp', 'cp "$new" "$old"'],
  ['mv', 'mv "$new" "$old"'],
  ['install', 'install -m 640 "$new" "$old"'],
  [
    'vim: the old file renamed, a new one written, the old one removed',
    'mv "$old" "$old~"; cat "$new" > "$old"; rm "$old~"',
  ],
  [
    'emacs: a lock, the old file kept as a backup, a new one written',
    'ln -s me@host.1 "${old%/*}/.#interlinks.yaml"; mv "$old" "$old~"; cat "$new" > "$old"; rm "${old%/*}/.#interlinks.yaml"',
  ],
  [
    'rsync: a hidden file beside it, renamed over it',
    'cp "$new" "${old%/*}/.interlinks.yaml.Xy12"; mv "${old%/*}/.interlinks.yaml.Xy12" "$old"',
  ],
  ['an editor that links and unlinks', 'ln "$old" "$old.bak"; rm "$old"; ln "$new" "$old"; rm "$old.bak"'],
];

test.each(ways)('%s', async (_way, commands) => {
  const made = join(folder, 'made');
  await writeFile(made, hidden);
  await run('sh', ['-ec', script + commands, 'sh', file, made]);
  await expect.poll(() => live.plan.find('101')?.private, patience).toBe(true);
  expect(refusals).toBe(0);
});

test.skipIf(!existsSync('/usr/bin/vim'))('vim itself', async () => {
  await run('vim', ['-Nu', 'NONE', '-es', '-c', '%s/101]/101], private: true/ | wq', file]);
  await expect.poll(() => live.plan.find('101')?.private, patience).toBe(true);
  expect(refusals).toBe(0);
});

test('a file that is written in pieces is read when it is whole', async () => {
  const handle = await open(file, 'w');
  for (let at = 0; at < hidden.length; at += 20) {
    await handle.write(hidden.slice(at, at + 20));
    await delay(20);
  }
  await handle.close();
  await expect.poll(() => live.plan.find('101')?.private, patience).toBe(true);
  expect(refusals).toBe(0);
});
