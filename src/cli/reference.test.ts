import { readFile } from 'node:fs/promises';
import { format } from 'prettier';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { jsonShape } from './json-shape.ts';
import { buildProgram } from './program.ts';
import { withCommandReference } from './reference.ts';

test('docs/commands.md is what the commands say; if not, run: make example', async () => {
  const document = await readFile(new URL('../../docs/commands.md', import.meta.url), 'utf8');
  const made = await format(withCommandReference(document, buildProgram()), { parser: 'markdown' });
  expect(document).toBe(made);
  expect(document).toContain('### interlinks number private');
});

test('every command explains itself and has an example', () => {
  const groups = buildProgram().subcommands;
  const all = groups.flatMap((command) => (command.subcommands.length > 0 ? command.subcommands : [command]));
  expect(all.length).toBeGreaterThan(12);
  const silent = all.filter(
    (command) => command.summary() === '' || command.description() === '' || command.examples.length === 0,
  );
  expect(silent.map(({ path }) => path)).toEqual([]);
});

test('a shape is written as a type', () => {
  const schema = z.object({
    at: z.iso.datetime(),
    kind: z.enum(['a', 'b']),
    count: z.number().int().optional(),
    parts: z.array(z.object({ ok: z.boolean() })),
  });
  expect(jsonShape(schema)).toBe(
    '{\n  at: time\n  kind: "a" | "b"\n  count?: number\n  parts: {\n    ok: boolean\n  }[]\n}',
  );
});
