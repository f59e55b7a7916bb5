import { z } from 'zod';
import { flowText } from './flow-text.ts';
import { exampleOf, isMarked, shapeOf, unwrap } from './introspect.ts';
import { settingsSchema } from './schema.ts';

const width = 100;

const header = `\
# Configuration of Interlinks.
#
# A key behind a # without a space is left out; it shows its default, or an example where it has none.
# Interlinks watches this file and takes over a valid change at once, but for what takes a restart; an invalid one
# changes nothing. "interlinks check" looks at it first.
# Passwords do not belong into this file.
`;

/** The full, commented example of `interlinks.yaml`, made from the schema. */
export function exampleConfig(): string {
  const sections = Object.entries(settingsSchema.shape).map(([key, schema]) =>
    keyLines(key, schema, 0, true),
  );
  return [header, ...sections.map((lines) => `${lines.join('\n')}\n`)].join('\n');
}

function keyLines(key: string, schema: z.core.$ZodType, depth: number, parentIsLive: boolean): string[] {
  const indent = '  '.repeat(depth);
  const live = parentIsLive && isLive(schema);
  const start = `${indent}${live ? '' : '#'}${key}:`;
  const comment = wrap(commentOf(schema), indent);
  const inner = unwrap(schema);
  if (inner instanceof z.ZodObject) {
    const keys = Object.entries(shapeOf(inner)).flatMap(([name, child]) =>
      keyLines(name, child, depth + 1, live),
    );
    return [...comment, start, ...keys];
  }
  const example = exampleOf(schema);
  if (inner instanceof z.ZodArray && inner.element instanceof z.ZodObject && Array.isArray(example)) {
    const entries = example.map((entry) => `${indent}  - ${flowText(entry)}`);
    return [...comment, ...keyTable(inner.element, indent), start, ...entries];
  }
  return [...comment, `${start} ${flowText(example)}`];
}

function commentOf(schema: z.core.$ZodType): string {
  const description = z.globalRegistry.get(schema)?.description ?? '';
  if (isMarked(schema, 'unused')) return `${description} Not used by this version.`;
  return isMarked(schema, 'restart') ? `${description} A change takes a restart.` : description;
}

/** What stands in each entry of a list of sections. */
function keyTable(entry: z.core.$ZodType, indent: string): string[] {
  const keys = Object.entries(shapeOf(entry));
  const column = Math.max(...keys.map(([key]) => key.length));
  return keys.map(([key, schema]) => {
    return `${indent}#   ${key.padEnd(column)}  ${z.globalRegistry.get(schema)?.description}`;
  });
}

/** Whether the example sets a key: because it must be there, or because most systems need it. */
function isLive(schema: z.core.$ZodType): boolean {
  const inner = unwrap(schema);
  if (z.globalRegistry.get(schema)?.['live'] === true) return true;
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault) return false;
  return inner instanceof z.ZodObject ? Object.values(shapeOf(inner)).some(isLive) : true;
}

function wrap(text: string, indent: string): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && `${last} ${word}`.length <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(`${indent}# ${word}`);
  }
  return lines;
}
