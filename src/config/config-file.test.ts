import { chmod, mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { describe, expect, test, vi } from 'vitest';
import { ConfigFolder, hidden, invalid, shared } from './testing/config-folder.ts';

/** The regular look would find everything as well: here only what the system tells counts. */
const byEventsOnly = { settleMs: 50, pollMs: 3_600_000 };
const patience = { timeout: 10_000 };
vi.setConfig({ testTimeout: 30_000 });

const place = new ConfigFolder();

async function watched(text: string) {
  const service = await place.open(text);
  await service.settings.watch(byEventsOnly);
  return service;
}

describe('a valid change is taken over, however it is saved:', () => {
  test.each([
    [
      'a new file renamed over the old one',
      async () => {
        await writeFile(`${place.file}.new`, hidden);
        await rename(`${place.file}.new`, place.file);
      },
    ],
    ['truncated and written', () => writeFile(place.file, hidden)],
    [
      'removed and made again',
      async () => {
        await rm(place.file);
        await writeFile(place.file, hidden);
      },
    ],
    [
      'written twice in the same way',
      async () => {
        await writeFile(place.file, invalid);
        await writeFile(place.file, hidden);
      },
    ],
  ])('%s', async (_how, save) => {
    const { isPrivate } = await watched(shared);
    await save();
    await expect.poll(isPrivate, patience).toBe(true);
    await writeFile(place.file, shared);
    await expect.poll(isPrivate, patience).toBe(false);
  });

  test('behind symbolic links, as Kubernetes puts a ConfigMap', async () => {
    await mkdir(join(place.folder, '..1'));
    await mkdir(join(place.folder, '..2'));
    await writeFile(join(place.folder, '..1/interlinks.yaml'), shared);
    await writeFile(join(place.folder, '..2/interlinks.yaml'), hidden);
    await symlink('..1', join(place.folder, '..data'));
    await symlink('..data/interlinks.yaml', place.file);
    const { isPrivate } = await watched(shared);
    await symlink('..2', join(place.folder, '..data_tmp'));
    await rename(join(place.folder, '..data_tmp'), join(place.folder, '..data'));
    await expect.poll(isPrivate, patience).toBe(true);
    await writeFile(join(place.folder, '..2/interlinks.yaml'), shared);
    await expect.poll(isPrivate, patience).toBe(false);
  });

  test('between the start and the watching', async () => {
    const { settings, isPrivate } = await place.open(shared);
    await writeFile(place.file, hidden);
    await settings.watch(byEventsOnly);
    expect(isPrivate()).toBe(true);
  });

  test('in a directory that was removed and made again, by the regular look', async () => {
    const inner = join(place.folder, 'etc');
    await mkdir(inner);
    place.file = join(inner, 'interlinks.yaml');
    const { settings, isPrivate, lines } = await place.open(shared);
    await settings.watch({ settleMs: 20, pollMs: 100 });
    await rm(inner, { recursive: true });
    await expect.poll(() => lines.some((line) => line.includes('does not exist')), patience).toBe(true);
    expect(isPrivate()).toBe(false);
    await mkdir(inner);
    await writeFile(place.file, hidden);
    await expect.poll(isPrivate, patience).toBe(true);
    await writeFile(place.file, shared);
    await expect.poll(isPrivate, patience).toBe(false);
  });

  test('a change of mode alone changes nothing', async () => {
    const { live, lines } = await watched(shared);
    const before = live.current;
    await chmod(place.file, 0o640);
    await writeFile(place.file, `${shared}log: { level: debug }\n`);
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
    await writeFile(place.file, text);
    await expect.poll(() => lines.join('\n'), patience).toContain(why);
    expect(lines[0]).toMatch(/interlinks\.yaml:[14]:\d+: /);
    expect(live.current).toBe(before);
    expect(settings.state.refused?.failure.message).toContain(why);
    await writeFile(place.file, hidden);
    await expect.poll(() => live.plan.find('101')?.private, patience).toBe(true);
    await expect.poll(() => settings.state.refused, patience).toBeUndefined();
  });

  test('that would have made a number private: that this is not in force', async () => {
    const { lines, settings } = await watched(shared);
    await writeFile(place.file, invalid);
    await expect
      .poll(() => lines.join('\n'), patience)
      .toContain('NOT private, although the file says so: 101');
    expect(settings.state.refused?.notPrivate).toEqual(['101']);
  });

  test('who subscribes hears when it is refused, and when the file is in force again', async () => {
    const { settings } = await place.open(shared);
    const heard: (string | undefined)[] = [];
    settings.subscribe(() => heard.push(settings.state.refused?.failure.code));
    await writeFile(place.file, invalid);
    await settings.reload();
    await writeFile(place.file, shared);
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
    await lose(place.file);
    await expect.poll(() => settings.state.refused?.failure.message, patience).toContain(why);
    expect(live.plan.find('101')).toBeDefined();
    await rm(place.file, { recursive: true, force: true });
    await writeFile(place.file, hidden);
    await expect.poll(isPrivate, patience).toBe(true);
    expect(settings.state.refused).toBeUndefined();
  });

  test('does not warn of numbers that are private already, nor say the same twice', async () => {
    const { settings, lines } = await watched(hidden);
    await writeFile(place.file, invalid);
    await expect.poll(() => lines.length, patience).toBe(1);
    await settings.setPrivate('101', true);
    await chmod(place.file, 0o640);
    await settings.reload();
    expect(lines.filter((line) => line.includes('NOT private'))).toEqual([]);
    // Once by the watch, once because somebody asked.
    expect(lines.filter((line) => line.includes('not taken over'))).toHaveLength(2);
  });
});

test('what takes a restart is named and not in force', async () => {
  const { settings, lines, live } = await place.open(shared);
  await writeFile(place.file, `${shared}admin: { listen: "127.0.0.1:9420" }\ndataDir: elsewhere\n`);
  await settings.reload();
  expect(lines).toContain('not in force before a restart: admin.listen, dataDir');
  expect(settings.state.awaitingRestart).toEqual(['admin.listen', 'dataDir']);
  expect(live.plan.find('101')).toBeDefined();
});

test('who subscribes hears of each change when it is in force, and is waited for', async () => {
  const { settings, live } = await place.open(shared);
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
