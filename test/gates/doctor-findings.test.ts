import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { faults, topics } from '../../src/doctor/finding.ts';
import { dialplanVersion } from '../../src/domain/version.ts';

const repository = resolve(import.meta.dirname, '../..');

test('docs/doctor.md names everything that doctor looks at and may find, and nothing else', async () => {
  const docs = await readFile(join(repository, 'docs/doctor.md'), 'utf8');
  const documented = [...docs.matchAll(/^\| `([a-z-]+)`/gm)].map(([, id]) => id);
  expect(documented).toEqual([...topics, ...faults]);
});

test('dialplan/interlinks.conf says its version', async () => {
  const text = await readFile(join(repository, 'dialplan/interlinks.conf'), 'utf8');
  expect(text).toContain(`[interlinks-version]\nexten => ${dialplanVersion},1,`);
});
