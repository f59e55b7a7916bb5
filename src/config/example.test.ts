import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { exampleConfig } from './example.ts';
import { shapeOf, unwrap } from './introspect.ts';
import { parseConfig } from './parse.ts';
import { settingsSchema } from './schema.ts';

/** Takes the # from every key; those before comments stand in front of a space. */
const uncommented = exampleConfig().replaceAll(/^( *)#(?=\w)/gm, '$1');

test('interlinks.example.yaml is what the schema says; if not, run: make example', async () => {
  expect(await readFile(new URL('../../interlinks.example.yaml', import.meta.url), 'utf8')).toBe(
    exampleConfig(),
  );
});

test('the example is valid, as it is and with every key in use', () => {
  expect(parseConfig(exampleConfig(), 'interlinks.example.yaml')).toMatchObject({
    problems: [],
    warnings: [],
  });
  const full = parseConfig(uncommented, 'interlinks.example.yaml');
  expect(full.problems).toEqual([]);
  expect(full.warnings.filter(({ message }) => !message.endsWith('is not used by this version'))).toEqual([]);
});

test('what is commented out are defaults, or examples of what has none', () => {
  const example = parseConfig(exampleConfig(), 'f').config;
  const full = parseConfig(uncommented, 'f').config;
  expect(full).toMatchObject({
    ...example,
    admin: { url: 'https://interlinks.berlin.example' },
    trunk: { ...example?.trunk, pjsip: { externalAddress: '203.0.113.7', localNets: ['10.0.0.0/8'] } },
    dialing: { min: 2, max: 6, notFound: { context: 'outbound' } },
    database: {},
  });
});

test('every key is in it, with a description', () => {
  const example = exampleConfig();
  const missing = keysOf(settingsSchema).filter(([key, schema]) => {
    const described = (z.globalRegistry.get(schema)?.description ?? '') !== '';
    return !described || !new RegExp(`^ *#? *${key}\\b`, 'm').test(example);
  });
  expect(missing).toEqual([]);
});

function keysOf(schema: z.core.$ZodType): [string, z.core.$ZodType][] {
  const inner = unwrap(schema);
  if (inner instanceof z.ZodArray) return keysOf(inner.element);
  const keys = Object.entries(shapeOf(inner));
  return keys.concat(keys.flatMap(([, child]) => keysOf(child)));
}
