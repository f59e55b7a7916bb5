import { globSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseConfig } from '../../src/config/parse.ts';
import { formatProblem } from '../../src/config/problem.ts';
import { allBlocks, blocksIn, documents, type DocBlock } from '../docs/blocks.ts';

const repository = resolve(import.meta.dirname, '../..');
const blocks = await allBlocks();

/** What a machine is told to do or to read. */
const commands = blocks.filter(({ language }) => ['sh', 'ini', 'conf'].includes(language));
const settings = blocks.filter(({ language, norun }) => language === 'yaml' && norun === undefined);

/** The sections that every interlinks.yaml has to have, for those that an excerpt leaves out. */
const required: Readonly<Record<string, string>> = {
  system: 'system: { name: Berlin }',
  peer: "peer: { url: 'https://pbx.berlin.example:8443' }",
  asterisk: 'asterisk: { ari: { passwordFile: /etc/interlinks/ari.secret } }',
  numbers: 'numbers: []',
};

/** @returns what `interlinks check` has against the excerpt */
function problemsOf({ text }: DocBlock): string[] {
  const missing = Object.keys(required).filter((key) => !new RegExp(`^${key}:`, 'm').test(text));
  const whole = [text, ...missing.map((key) => required[key])].join('\n');
  return parseConfig(whole, 'excerpt').problems.map(formatProblem);
}

describe('the documents', () => {
  test('are all looked at', () => {
    expect(documents).toEqual(expect.arrayContaining(['README.md', 'docs/setup.md', 'docs/protocol.md']));
    expect(commands.length).toBeGreaterThan(3);
    expect(settings.length).toBeGreaterThan(0);
  });

  test('mark each sh and ini block with test=ID, or with norun="why no test runs it"', () => {
    const unmarked = commands.filter((block) => (block.test === undefined) === (block.norun === undefined));
    expect(unmarked.map(({ place }) => place)).toEqual([]);
  });

  test('name the language of each block, text for what is only shown', () => {
    expect(blocks.filter(({ language }) => language === '').map(({ place }) => place)).toEqual([]);
  });

  test('have each block with test=ID run by a test, by docBlock(ID)', async () => {
    const files = globSync('test/**/*.ts', { cwd: repository });
    const sources = await Promise.all(files.map((file) => readFile(join(repository, file), 'utf8')));
    const run = new Set(
      sources
        .join('\n')
        .matchAll(/docBlock\('([\w-]+)'\)/g)
        .map(([, id]) => id),
    );
    const ids = blocks.map((block) => block.test).filter((id) => id !== undefined);
    expect(ids.filter((id) => !run.has(id))).toEqual([]);
    expect(ids.toSorted()).toEqual([...new Set(ids)].toSorted());
  });

  test.each(settings.map((block) => [block.place, block] as const))(
    'have only valid excerpts of interlinks.yaml: %s (other YAML: norun="…")',
    (_place, block) => {
      expect(problemsOf(block)).toEqual([]);
    },
  );
});

test('a block is found in a list, with its marks and its line', () => {
  const text = ['1. Do', '', '   ```sh test=do-it norun="no"', '   one', '     two', '   ```', ''].join('\n');
  expect(blocksIn(text, 'f.md')).toEqual([
    { place: 'f.md:3', language: 'sh', test: 'do-it', norun: 'no', text: 'one\n  two\n' },
  ]);
});

test('an excerpt with a mistake is found', () => {
  const [block] = blocksIn('```yaml\nnumbers: [{ number: 0101, ring: [PJSIP/101] }]\n```\n', 'f.md');
  expect(block && problemsOf(block)).toHaveLength(1);
});
