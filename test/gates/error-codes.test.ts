import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';

const repository = resolve(import.meta.dirname, '../..');

test('docs/errors.md names every code, and no other', async () => {
  const source = await readFile(join(repository, 'src/domain/failure.ts'), 'utf8');
  const union = /export type FailureCode =([^;]+);/.exec(source)?.[1] ?? '';
  const codes = [...union.matchAll(/'([a-z-]+)'/g)].map(([, code]) => code);
  const docs = await readFile(join(repository, 'docs/errors.md'), 'utf8');
  const documented = [...docs.matchAll(/^\| `([a-z-]+)`/gm)].map(([, code]) => code);
  expect(codes.length).toBeGreaterThan(20);
  expect(documented).toEqual(codes);
});
