import { writeFile } from 'node:fs/promises';
import { exampleConfig } from '../src/config/example.ts';

/** Writes interlinks.example.yaml. */
await writeFile(new URL('../interlinks.example.yaml', import.meta.url), exampleConfig());
