import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { apiDocument, apiOperations } from '../src/admin/api.ts';
import type { AdminDeps } from '../src/admin/deps.ts';

/** Writes docs/openapi.json. */
const document = apiDocument(apiOperations({} as AdminDeps, ''));
const file = resolve(import.meta.dirname, '../docs/openapi.json');
await writeFile(file, `${JSON.stringify(document, undefined, 2)}\n`);
