import { readFile } from 'node:fs/promises';
import { globSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** A fenced block of a document, such as ```` ```sh test=setup-user ````. */
export interface DocBlock {
  /** File and line of the fence, for example `docs/setup.md:15`. */
  readonly place: string;
  /** `sh`, `yaml`, `ini`, …; empty where the fence names none. */
  readonly language: string;
  /** Id under which a test takes the block and runs it. */
  readonly test: string | undefined;
  /** Why no test runs it. */
  readonly norun: string | undefined;
  readonly text: string;
}

const repository = resolve(import.meta.dirname, '../..');

/** The documents that admins read. */
export const documents: readonly string[] = ['README.md', ...globSync('docs/*.md', { cwd: repository })];

const fence = /^( *)```([^\n]*)\n([\s\S]*?)^\1```$/gm;

/** The fenced blocks of a document's text, without the indentation that a list gives them. */
export function blocksIn(text: string, file: string): DocBlock[] {
  return [...text.matchAll(fence)].map(({ index, 1: indent = '', 2: info = '', 3: body = '' }) => ({
    place: `${file}:${text.slice(0, index).split('\n').length}`,
    language: info.split(' ')[0] ?? '',
    test: /\btest=([\w-]+)/.exec(info)?.[1],
    norun: /\bnorun="([^"]+)"/.exec(info)?.[1],
    text: body.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
  }));
}

export async function allBlocks(): Promise<readonly DocBlock[]> {
  const found = documents.map(async (file) => blocksIn(await readFile(join(repository, file), 'utf8'), file));
  return (await Promise.all(found)).flat();
}

/** The text of the block with this id, to be run by a test. */
export async function docBlock(id: string): Promise<string> {
  const found = (await allBlocks()).filter(({ test }) => test === id);
  const [block] = found;
  if (block === undefined || found.length > 1)
    throw new Error(`${found.length} blocks of the documents are marked test=${id}`);
  return block.text;
}
