import { writeFile } from 'node:fs/promises';
import { exampleConfig } from './example.ts';

// Run after a change of the schema: node src/config/write-example.ts
await writeFile(new URL('../../interlinks.example.yaml', import.meta.url), exampleConfig());
