import { readFile, writeFile } from 'node:fs/promises';
import { format } from 'prettier';
import { buildProgram } from '../src/cli/program.ts';
import { withCommandReference } from '../src/cli/reference.ts';

/** Writes the commands into docs/commands.md. */
const file = new URL('../docs/commands.md', import.meta.url);
const document = withCommandReference(await readFile(file, 'utf8'), buildProgram());
await writeFile(file, await format(document, { parser: 'markdown' }));
