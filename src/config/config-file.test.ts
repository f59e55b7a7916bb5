import {
  chmod,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { ConfigFile } from './config-file.ts';
import { runConfigJob, type ConfigJob, type ConfigOutcome } from './config-jobs.ts';
import { minimal } from './fixture.ts';
import { LiveConfig } from './live-config.ts';
import { readConfig } from './load.ts';
import { replaceFile } from './replace-file.ts';
import { runInWorker } from './run-in-worker.ts';

/** The regular look would find everything as well: here only what the system tells counts. */
const byEventsOnly = { settleMs: 50, pollMs: 3_600_000 };
const patience = { timeout: 10_000 };
vi.setConfig({ testTimeout: 30_000 });

const head = minimal.replace('numbers: []\n', 'numbers:\n');
const shared = `${head}  - { number: "101", ring: [PJSIP/101] } # reception\n`;
const hidden = shared.replace('101]', '101], private: true');
const invalid = hidden.replace('private: true', 'privat: true');

let folder: string;
let file: string;
let opened: ConfigFile | undefined;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'interlinks-file-'));
  file = join(folder, 'interlinks.yaml');
});

afterEach(async () => {
  opened?.close();
  await rm(folder, { recursive: true });
});

async function open(
  text: string,
  run: (job: ConfigJob) => Promise<ConfigOutcome> = (job) => runConfigJob(job),
) {
  await writeFile(file, text);
  const started = await readConfig(file);
  const live = new LiveConfig(started.config);
  const lines: string[] = [];
  const write = (fields: object | string, message?: string) =>
    void lines.push(typeof fields === 'string' ? fields : (message ?? ''));
  const log = { debug: write, info: write, warn: write, error: write };
  const settings = new ConfigFile({ started, live, log, run });
  opened = settings;
  return { live, lines, settings, isPrivate: () => live.plan.find('101')?.private };
}

/** Somebody saves after the file was read and before it is replaced. */
function editorSaving(text: string) {
  let saved = false;
  return (job: ConfigJob) =>
    runConfigJob(job, async (path, content, isAsRead) => {
      if (!saved) await writeFile(file, text);
      saved = true;
      return replaceFile(path, content, isAsRead);
    });
}

async function watched(text: string) {
  const service = await open(text);
  await service.settings.watch(byEventsOnly);
  return service;
}

describe('a valid change is taken over, however it is saved:', () => {
  test.each([
    [
      'a new file renamed over the old one',
      async () => {
        await writeFile(`${file}.new`, hidden);
        await rename(`${file}.new`, file);
      },
    ],
    ['truncated and written', () => writeFile(file, hidden)],
    [
      'removed and made again',
      async () => {
        await rm(file);
        await writeFile(file, hidden);
      },
    ],
    [
      'written twice in the same way',
      async () => {
        await writeFile(file, invalid);
        await writeFile(file, hidden);
      },
    ],
  ])('%s', async (_how, save) => {
    const { isPrivate } = await watched(shared);
    await save();
    await expect.poll(isPrivate, patience).toBe(true);
    await writeFile(file, shared);
    await expect.poll(isPrivate, patience).toBe(false);
  });

  test('behind symbolic links, as Kubernetes puts a ConfigMap', async () => {
    await mkdir(join(folder, '..1'));
    await mkdir(join(folder, '..2'));
    await writeFile(join(folder, '..1/interlinks.yaml'), shared);
    await writeFile(join(folder, '..2/interlinks.yaml'), hidden);
    await symlink('..1', join(folder, '..data'));
    await symlink('..data/interlinks.yaml', file);
    const { isPrivate } = await watched(shared);
    await symlink('..2', join(folder, '..data_tmp'));
    await rename(join(folder, '..data_tmp'), join(folder, '..data'));
    await expect.poll(isPrivate, patience).toBe(true);
    await writeFile(join(folder, '..2/interlinks.yaml'), shared);
    await expect.poll(isPrivate, patience).toBe(false);
  });

  test('between the start and the watching', async () => {
    const { settings, isPrivate } = await open(shared);
    await writeFile(file, hidden);
    await settings.watch(byEventsOnly);
    expect(isPrivate()).toBe(true);
  });

  test('in a directory that was removed and made again, by the regular look', async () => {
    const inner = join(folder, 'etc');
    await mkdir(inner);
    file = join(inner, 'interlinks.yaml');
    const { settings, isPrivate, lines } = await open(shared);
    await settings.watch({ settleMs: 20, pollMs: 100 });
    await rm(inner, { recursive: true });
    await expect.poll(() => lines.some((line) => line.includes('does not exist')), patience).toBe(true);
    expect(isPrivate()).toBe(false);
    await mkdir(inner);
    await writeFile(file, hidden);
    await expect.poll(isPrivate, patience).toBe(true);
    await writeFile(file, shared);
    await expect.poll(isPrivate, patience).toBe(false);
  });

  test('a change of mode alone changes nothing', async () => {
    const { live, lines } = await watched(shared);
    const before = live.current;
    await chmod(file, 0o640);
    await writeFile(file, `${shared}log: { level: debug }\n`);
    await expect.poll(() => live.current.log.level, patience).toBe('debug');
    expect(lines.filter((line) => line === 'configuration taken over')).toHaveLength(1);
    expect(before.log.level).toBe('info');
  });
});

describe('an invalid file', () => {
  test.each([
    ['empty', '', 'The file is empty'],
    ['half-written', shared.slice(0, -20), 'is not closed'],
    ['wrong', invalid, 'There is no key "privat" in numbers[0]. Did you mean private?'],
  ])('%s: what was in force stays, and the log says why', async (_what, text, why) => {
    const { live, lines, settings } = await watched(shared);
    const before = live.current;
    await writeFile(file, text);
    await expect.poll(() => lines.join('\n'), patience).toContain(why);
    expect(lines[0]).toMatch(/interlinks\.yaml:[14]:\d+: /);
    expect(live.current).toBe(before);
    expect(settings.state.refused?.failure.message).toContain(why);
    await writeFile(file, hidden);
    await expect.poll(() => live.plan.find('101')?.private, patience).toBe(true);
    await expect.poll(() => settings.state.refused, patience).toBeUndefined();
  });

  test('that would have made a number private: that this is not in force', async () => {
    const { lines, settings } = await watched(shared);
    await writeFile(file, invalid);
    await expect
      .poll(() => lines.join('\n'), patience)
      .toContain('NOT private, although the file says so: 101');
    expect(settings.state.refused?.notPrivate).toEqual(['101']);
  });

  test('who subscribes hears when it is refused, and when the file is in force again', async () => {
    const { settings } = await open(shared);
    const heard: (string | undefined)[] = [];
    settings.subscribe(() => heard.push(settings.state.refused?.failure.code));
    await writeFile(file, invalid);
    await settings.reload();
    await writeFile(file, shared);
    await settings.reload();
    expect(heard).toEqual(['config-invalid', undefined]);
  });

  test.each([
    ['removed', (path: string) => rm(path), 'does not exist'],
    [
      'in whose place is a directory',
      async (path: string) => {
        await rm(path);
        await mkdir(path);
      },
      'is a directory',
    ],
    [
      'a link to nothing',
      async (path: string) => {
        await rm(path);
        await symlink('nowhere.yaml', path);
      },
      'does not exist',
    ],
  ])('%s: what was in force stays, until the file is back', async (_what, lose, why) => {
    const { live, settings, isPrivate } = await watched(shared);
    await lose(file);
    await expect.poll(() => settings.state.refused?.failure.message, patience).toContain(why);
    expect(live.plan.find('101')).toBeDefined();
    await rm(file, { recursive: true, force: true });
    await writeFile(file, hidden);
    await expect.poll(isPrivate, patience).toBe(true);
    expect(settings.state.refused).toBeUndefined();
  });

  test('does not warn of numbers that are private already, nor say the same twice', async () => {
    const { settings, lines } = await watched(hidden);
    await writeFile(file, invalid);
    await expect.poll(() => lines.length, patience).toBe(1);
    await settings.setPrivate('101', true);
    await chmod(file, 0o640);
    await settings.reload();
    expect(lines.filter((line) => line.includes('NOT private'))).toEqual([]);
    // Once by the watch, once because somebody asked.
    expect(lines.filter((line) => line.includes('not taken over'))).toHaveLength(2);
  });
});

test('what takes a restart is named and not in force', async () => {
  const { settings, lines, live } = await open(shared);
  await writeFile(file, `${shared}admin: { listen: "127.0.0.1:9420" }\ndataDir: elsewhere\n`);
  await settings.reload();
  expect(lines).toContain('not in force before a restart: admin.listen, dataDir');
  expect(settings.state.awaitingRestart).toEqual(['admin.listen', 'dataDir']);
  expect(live.plan.find('101')).toBeDefined();
});

test('who subscribes hears of each change when it is in force, and is waited for', async () => {
  const { settings, live } = await open(shared);
  const heard: unknown[] = [];
  const end = live.subscribe(async ({ before, after }) => {
    const inForce = live.plan.find('101')?.private;
    await setImmediate();
    heard.push([before.numbers[0]?.private, after.numbers[0]?.private, inForce]);
  });
  await settings.setPrivate('101', true);
  end();
  await settings.setPrivate('101', false);
  expect(heard).toEqual([[false, true, true]]);
});

describe('privacy by command', () => {
  test('is in force and in the file when it is answered, everything else untouched', async () => {
    const { settings, isPrivate } = await open(shared, runInWorker);
    await chmod(file, 0o640);
    const changed = await settings.setPrivate('101', true);
    expect(changed).toMatchObject({ ok: true, value: { number: '101', private: true } });
    expect(isPrivate()).toBe(true);
    expect(await readFile(file, 'utf8')).toBe(hidden);
    expect((await stat(file)).mode & 0o777).toBe(0o640);
    expect(await readdir(folder)).toEqual(['interlinks.yaml']);
  });

  test('goes into the target of a symbolic link, and keeps a byte order mark', async () => {
    const { settings } = await open(shared);
    const target = join(folder, 'target.yaml');
    await writeFile(target, `\uFEFF${shared}`);
    await rm(file);
    await symlink('target.yaml', file);
    expect(await settings.setPrivate('101', true)).toMatchObject({ ok: true });
    expect(await readFile(target, 'utf8')).toBe(`\uFEFF${hidden}`);
    expect((await stat(file)).ino).toBe((await stat(target)).ino);
  });

  test('of an unknown number is refused', async () => {
    const { settings } = await open(shared);
    const refused = await settings.setPrivate('102', true);
    expect(refused).toMatchObject({ failure: { code: 'not-found' } });
    expect(await readFile(file, 'utf8')).toBe(shared);
  });

  test('is refused while the file is invalid, and nothing changes', async () => {
    const { settings, isPrivate } = await open(shared);
    await writeFile(file, invalid);
    const refused = await settings.setPrivate('101', true);
    expect(refused).toMatchObject({
      failure: { code: 'config-invalid', message: expect.stringContaining('"privat"') },
    });
    expect(isPrivate()).toBe(false);
    expect(await readFile(file, 'utf8')).toBe(invalid);
  });

  test('is refused where the way it is written would change another number too', async () => {
    const text = `${head}  - { number: "101", ring: [PJSIP/1], private: &p false }
  - { number: "102", ring: [PJSIP/2], private: *p }\n`;
    const { settings } = await open(text);
    const refused = await settings.setPrivate('101', true);
    expect(refused).toMatchObject({ failure: { code: 'config-unwritable' } });
    expect(await readFile(file, 'utf8')).toBe(text);
  });

  test.runIf(process.getuid?.() === 0)(
    'is refused where the service may not write, and nothing changes',
    async () => {
      const { settings, isPrivate } = await open(shared);
      await chmod(folder, 0o755);
      process.seteuid?.(65_534);
      try {
        const refused = await settings.setPrivate('101', true);
        expect(refused).toMatchObject({ failure: { code: 'config-unwritable' } });
      } finally {
        process.seteuid?.(0);
      }
      expect(isPrivate()).toBe(false);
      expect(await readFile(file, 'utf8')).toBe(shared);
      expect(await readdir(folder)).toEqual(['interlinks.yaml']);
    },
  );

  test('of two numbers at once: both land', async () => {
    const text = `${shared}  - { number: "102", ring: [PJSIP/102] }\n`;
    const { settings, live } = await open(text);
    await Promise.all(['101', '102'].map((number) => settings.setPrivate(number, true)));
    expect(live.current.numbers.map((local) => local.private)).toEqual([true, true]);
    expect((await readConfig(file)).config.numbers.map((local) => local.private)).toEqual([true, true]);
  });

  test('and an editor at once: both land', async () => {
    const added = '  - { number: "102", ring: [PJSIP/102] }\n';
    const { settings, live } = await open(shared, editorSaving(shared + added));
    expect(await settings.setPrivate('101', true)).toMatchObject({ ok: true });
    expect(await readFile(file, 'utf8')).toBe(hidden + added);
    expect(live.plan.find('102')).toBeDefined();
    expect(await readdir(folder)).toEqual(['interlinks.yaml']);
  });

  test('and an editor that saves something invalid: the command is refused, the file stays', async () => {
    const { settings, isPrivate } = await open(shared, editorSaving(invalid));
    const refused = await settings.setPrivate('101', true);
    expect(refused).toMatchObject({ failure: { code: 'config-invalid' } });
    expect(isPrivate()).toBe(false);
    expect(await readFile(file, 'utf8')).toBe(invalid);
  });
});

test('10,000 numbers are taken over while the service goes on answering', async () => {
  const entries = Array.from(
    { length: 10_000 },
    (_, index) =>
      `  - { number: "${10_000 + index}", name: Phone ${index}, ring: [PJSIP/${10_000 + index}] }\n`,
  );
  const { settings, live } = await open(head + entries.join(''), runInWorker);
  let longest = 0;
  let last = performance.now();
  const pulse = setInterval(() => {
    longest = Math.max(longest, performance.now() - last);
    last = performance.now();
  }, 5);
  const began = performance.now();
  expect(await settings.setPrivate('15000', true)).toMatchObject({ ok: true });
  const took = performance.now() - began;
  clearInterval(pulse);
  expect(live.plan.findShared('15000')).toBeUndefined();
  // Half of it would be in the way of calls if it were read in this thread.
  expect(longest).toBeLessThan(took / 4);
}, 60_000);
