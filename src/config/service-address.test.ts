import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { minimal } from './testing/fixture.ts';
import { readServiceAddress } from './service-address.ts';

let folder: string;
let file: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'interlinks-address-'));
  file = join(folder, 'interlinks.yaml');
});

afterAll(() => rm(folder, { recursive: true }));

const own = 'admin: { listen: "127.0.0.9:9420" }\ndataDir: data\n';

test.each([
  ['a valid file', minimal + own],
  ['a mistake in a value', `${minimal}${own}numbers: 1\n`],
  ['an unknown key', `${own}admim: 1\n`],
  ['a list that is not closed', `${own}numbers: [\n`],
  ['an alias', 'log: { level: &a "127.0.0.9:9420" }\nadmin: { listen: *a }\ndataDir: data\n'],
])('the service is found by %s', async (_what, text) => {
  await writeFile(file, text);
  expect(await readServiceAddress(file)).toEqual({
    host: '127.0.0.9',
    port: 9420,
    dataDir: join(folder, 'data'),
  });
});

test.each([
  ['an empty file', ''],
  ['a list', '- 1\n'],
  ['no settings of its own', minimal],
  ['settings that are no such thing', 'admin: { listen: [] }\ndataDir: { }\n'],
])('%s: by the defaults', async (_what, text) => {
  await writeFile(file, text);
  expect(await readServiceAddress(file)).toEqual({
    host: '127.0.0.1',
    port: 8420,
    dataDir: '/var/lib/interlinks',
  });
});
