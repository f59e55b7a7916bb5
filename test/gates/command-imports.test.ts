import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { expect, test } from 'vitest';

const source = resolve(import.meta.dirname, '../../src');

/** Behind these begins something else, with imports of its own, that only the command that needs it loads. */
const programs = new Set(['main.ts', 'doctor/examine-system.ts']);

/** Every file that a file needs, and every package, by whichever kind of import. */
async function reach(start: string): Promise<{ files: ReadonlySet<string>; packages: ReadonlySet<string> }> {
  const files = new Set<string>();
  const packages = new Set<string>();
  const waiting = [join(source, start)];
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    const name = relative(source, file);
    if (files.has(name) || (programs.has(name) && name !== start)) continue;
    files.add(name);
    const text = await readFile(file, 'utf8');
    for (const [, target = ''] of text.matchAll(
      /^(?!import type|export type).*?(?:from|import\()\s*'([^']+)'/gm,
    )) {
      if (target.startsWith('.')) waiting.push(resolve(dirname(file), target));
      else packages.add(target);
    }
  }
  return { files, packages };
}

test('the command reaches the service by its API alone: no database, no Asterisk, no peer', async () => {
  const { files, packages } = await reach('cli/main.ts');
  expect(files.size).toBeGreaterThan(30);
  expect([...files].filter((name) => !existsSync(join(source, name)))).toEqual([]);
  const elsewhere = [...files].filter((name) => !/^(cli|config|domain)\//.test(name)).toSorted();
  expect(elsewhere).toEqual([
    'admin/access-schema.ts',
    'admin/call-schema.ts',
    'admin/schema.ts',
    'admin/token.ts',
    'doctor/finding.ts',
    'files/whole-file.ts',
  ]);
  const outside = [...packages].filter((name) => !name.startsWith('node:')).toSorted();
  expect(outside).toEqual(['commander', 'ipaddr.js', 'yaml', 'zod']);
  expect([...packages].filter((name) => /node:(sqlite|tls|dgram)/.test(name))).toEqual([]);
});

test('what doctor looks at without the service is Asterisk and files: no database, no peer', async () => {
  const { files, packages } = await reach('doctor/examine-system.ts');
  expect(files.size).toBeGreaterThan(20);
  const elsewhere = [...files].filter((name) => !/^(doctor|config|domain)\//.test(name)).toSorted();
  const connecting = /^asterisk\/(ami-[a-z]+|ari-probe|lasting-connection)\.ts$/;
  expect(elsewhere.filter((name) => !connecting.test(name))).toEqual([]);
  expect([...packages].filter((name) => !name.startsWith('node:')).toSorted()).toEqual([
    'asterisk-manager',
    'ipaddr.js',
    'undici',
  ]);
});
