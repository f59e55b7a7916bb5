import { chmod, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { runConfigJob, type ConfigJob } from './config-jobs.ts';
import { parseSource, readSource } from './load.ts';
import { replaceFile } from './replace-file.ts';
import { runInWorker } from './run-in-worker.ts';
import { ConfigFolder, head, hidden, invalid, shared } from './testing/config-folder.ts';

const place = new ConfigFolder();

/** Somebody saves after the file was read and before it is replaced. */
function editorSaving(text: string) {
  let saved = false;
  return (job: ConfigJob) =>
    runConfigJob(job, async (path, content, isAsRead) => {
      if (!saved) await writeFile(place.file, text);
      saved = true;
      return replaceFile(path, content, isAsRead);
    });
}

describe('privacy by command', () => {
  test('is in force and in the file when it is answered, everything else untouched', async () => {
    const { settings, isPrivate } = await place.open(shared, runInWorker);
    await chmod(place.file, 0o640);
    const changed = await settings.setPrivate('101', true);
    expect(changed).toMatchObject({ ok: true, value: { number: '101', private: true } });
    expect(isPrivate()).toBe(true);
    expect(await readFile(place.file, 'utf8')).toBe(hidden);
    expect((await stat(place.file)).mode & 0o777).toBe(0o640);
    expect(await readdir(place.folder)).toEqual(['interlinks.yaml']);
  });

  test('goes into the target of a symbolic link, and keeps a byte order mark', async () => {
    const { settings } = await place.open(shared);
    const target = join(place.folder, 'target.yaml');
    await writeFile(target, `\uFEFF${shared}`);
    await rm(place.file);
    await symlink('target.yaml', place.file);
    expect(await settings.setPrivate('101', true)).toMatchObject({ ok: true });
    expect(await readFile(target, 'utf8')).toBe(`\uFEFF${hidden}`);
    expect((await stat(place.file)).ino).toBe((await stat(target)).ino);
  });

  test('of an unknown number is refused', async () => {
    const { settings } = await place.open(shared);
    const refused = await settings.setPrivate('102', true);
    expect(refused).toMatchObject({ failure: { code: 'not-found' } });
    expect(await readFile(place.file, 'utf8')).toBe(shared);
  });

  test('is refused while the file is invalid, and nothing changes', async () => {
    const { settings, isPrivate } = await place.open(shared);
    await writeFile(place.file, invalid);
    const refused = await settings.setPrivate('101', true);
    expect(refused).toMatchObject({
      failure: { code: 'config-invalid', message: expect.stringContaining('"privat"') },
    });
    expect(isPrivate()).toBe(false);
    expect(await readFile(place.file, 'utf8')).toBe(invalid);
  });

  test('is refused where the way it is written would change another number too', async () => {
    const text = `${head}  - { number: "101", ring: [PJSIP/1], private: &p false }
  - { number: "102", ring: [PJSIP/2], private: *p }\n`;
    const { settings } = await place.open(text);
    const refused = await settings.setPrivate('101', true);
    expect(refused).toMatchObject({ failure: { code: 'config-unwritable' } });
    expect(await readFile(place.file, 'utf8')).toBe(text);
  });

  test.runIf(process.getuid?.() === 0)(
    'is refused where the service may not write, and nothing changes',
    async () => {
      const { settings, isPrivate } = await place.open(shared);
      await chmod(place.folder, 0o755);
      process.seteuid?.(65_534);
      try {
        const refused = await settings.setPrivate('101', true);
        expect(refused).toMatchObject({ failure: { code: 'config-unwritable' } });
      } finally {
        process.seteuid?.(0);
      }
      expect(isPrivate()).toBe(false);
      expect(await readFile(place.file, 'utf8')).toBe(shared);
      expect(await readdir(place.folder)).toEqual(['interlinks.yaml']);
    },
  );

  test('of two numbers at once: both land', async () => {
    const text = `${shared}  - { number: "102", ring: [PJSIP/102] }\n`;
    const { settings, live } = await place.open(text);
    await Promise.all(['101', '102'].map((number) => settings.setPrivate(number, true)));
    expect(live.current.numbers.map((local) => local.private)).toEqual([true, true]);
    expect(parseSource(await readSource(place.file)).config.numbers.map((local) => local.private)).toEqual([
      true,
      true,
    ]);
  });

  test('and an editor at once: both land', async () => {
    const added = '  - { number: "102", ring: [PJSIP/102] }\n';
    const { settings, live } = await place.open(shared, editorSaving(shared + added));
    expect(await settings.setPrivate('101', true)).toMatchObject({ ok: true });
    expect(await readFile(place.file, 'utf8')).toBe(hidden + added);
    expect(live.plan.find('102')).toBeDefined();
    expect(await readdir(place.folder)).toEqual(['interlinks.yaml']);
  });

  test('and an editor that saves something invalid: the command is refused, the file stays', async () => {
    const { settings, isPrivate } = await place.open(shared, editorSaving(invalid));
    const refused = await settings.setPrivate('101', true);
    expect(refused).toMatchObject({ failure: { code: 'config-invalid' } });
    expect(isPrivate()).toBe(false);
    expect(await readFile(place.file, 'utf8')).toBe(invalid);
  });
});

test('10,000 numbers are taken over while the service goes on answering', async () => {
  const entries = Array.from(
    { length: 10_000 },
    (_, index) =>
      `  - { number: "${10_000 + index}", name: Phone ${index}, ring: [PJSIP/${10_000 + index}] }\n`,
  );
  const { settings, live } = await place.open(head + entries.join(''), runInWorker);
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
