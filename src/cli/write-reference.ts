import { readFile, writeFile } from 'node:fs/promises';
import { format } from 'prettier';
import { buildProgram } from './program.ts';
import { withCommandReference } from './reference.ts';

// Run after a change of a command: node src/cli/write-reference.ts
const file = new URL('../../docs/commands.md', import.meta.url);
const document = withCommandReference(await readFile(file, 'utf8'), buildProgram());
await writeFile(file, await format(document, { parser: 'markdown' }));
