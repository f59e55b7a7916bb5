import { link, mkdtemp, open, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { writeWholeFile } from './whole-file.ts';

let folder: string;
let path: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'interlinks-files-'));
  path = join(folder, 'kept');
});

afterEach(() => rm(folder, { recursive: true }));

test('a file is written with its permissions, whatever the umask, and nothing is left beside it', async () => {
  const umask = process.umask(0o077);
  try {
    await writeWholeFile(path, 'new', { mode: 0o644 });
  } finally {
    process.umask(umask);
  }
  expect(await readFile(path, 'utf8')).toBe('new');
  expect((await stat(path)).mode & 0o777).toBe(0o644);
  expect(await readdir(folder)).toEqual(['kept']);
});

test('who has opened the file before reads the old one to its end', async () => {
  await writeFile(path, 'old');
  const { ino } = await stat(path);
  await writeWholeFile(path, 'new', { mode: 0o600 });
  expect((await stat(path)).ino).not.toBe(ino);
  expect(await readFile(path, 'utf8')).toBe('new');
});

test('of two that write it at once, one is there whole', async () => {
  const contents = Array.from({ length: 20 }, (_, index) => `${index}`.repeat(10_000));
  await Promise.all(contents.map((content) => writeWholeFile(path, content, { mode: 0o600 })));
  expect(contents).toContain(await readFile(path, 'utf8'));
  expect(await readdir(folder)).toEqual(['kept']);
});

test('what a crash has left of a draft is gone with the next write, and not written into', async () => {
  let draft = '';
  await writeWholeFile(path, 'never placed', {
    mode: 0o600,
    place: async (made) => void (draft = made),
  });
  await writeFile(draft, 'left', { mode: 0o666 });
  await using reader = await open(draft);
  await writeWholeFile(path, 'new', { mode: 0o600 });
  expect(await reader.readFile('utf8')).toBe('left');
  expect(await readdir(folder)).toEqual(['kept']);
});

test('where it cannot be placed, what was there stays, and nothing else', async () => {
  await writeFile(path, 'old');
  await expect(writeWholeFile(path, 'new', { mode: 0o600, place: link })).rejects.toMatchObject({
    code: 'EEXIST',
  });
  expect(await readFile(path, 'utf8')).toBe('old');
  expect(await readdir(folder)).toEqual(['kept']);
});
