import { expect, test } from 'vitest';
import { buildProgram } from '../program.ts';
import { complete } from './complete.ts';

async function offered(...words: readonly string[]): Promise<readonly string[]> {
  const [kind = '', ...lines] = await complete(buildProgram(), words, '/nowhere/interlinks.yaml');
  return kind === 'files' ? [kind] : lines.map((line) => line.split('\t')[0] ?? '');
}

test('commands and their subcommands, without the hidden one', async () => {
  expect(await offered('')).toEqual(expect.arrayContaining(['serve', 'key', 'link', 'delete', 'completion']));
  expect(await offered('_')).toEqual([]);
  expect(await offered('re')).toEqual(['rename']);
  expect(await offered('number', '')).toEqual(['list', 'private']);
  expect(await offered('number', 'p')).toEqual(['private']);
});

test('options, with those of every command, and their values', async () => {
  expect(await offered('key', 'new', '--t')).toEqual(['--trunk', '--trunk-address']);
  expect(await offered('calls', '--interlink', 'x', '--c')).toEqual(['--config']);
  expect(await offered('key', 'new', 'Lisbon', '--trunk', 'p')).toEqual(['pjsip']);
  expect(await offered('completion', '')).toEqual(['bash', 'zsh', 'fish']);
  expect(await offered('number', 'private', '101', 'o')).toEqual(['on', 'off']);
});

test('files where a file is wanted', async () => {
  expect(await offered('check', '')).toEqual(['files']);
  expect(await offered('check', '/etc/')).toEqual(['files']);
  expect(await offered('-c', '')).toEqual(['files']);
  expect(await offered('list', '--config', '')).toEqual(['files']);
});

test('nothing, and no error, where the service is away or nothing can be offered', async () => {
  expect(await offered('delete', '')).toEqual([]);
  expect(await offered('link', '')).toEqual([]);
  expect(await offered('--config=/nowhere', 'route', '2')).toEqual([]);
  expect(await offered('nosuch', 'x', '')).toEqual([]);
});
