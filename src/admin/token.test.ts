import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { loadOrCreateToken, tokenFile } from './token.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'interlinks-token-'));
});

afterEach(() => rm(folder, { recursive: true }));

test('the token is made once, for this user alone, in a data directory that may be missing', async () => {
  const dataDir = join(folder, 'data');
  const token = await loadOrCreateToken(dataDir);
  expect(token).toMatch(/^[A-Za-z0-9_-]{43}$/);
  expect((await stat(tokenFile(dataDir))).mode & 0o777).toBe(0o600);
  expect(await loadOrCreateToken(dataDir)).toBe(token);
});

test('a token that was cut off is replaced, and never taken for an empty one', async () => {
  await writeFile(tokenFile(folder), '');
  const token = await loadOrCreateToken(folder);
  expect(token).toHaveLength(43);
  expect(await readFile(tokenFile(folder), 'utf8')).toBe(`${token}\n`);
});

test('a data directory that cannot be used is said as such', async () => {
  await mkdir(tokenFile(folder));
  await expect(loadOrCreateToken(folder)).rejects.toMatchObject({ failure: { code: 'data-dir-unusable' } });
});
