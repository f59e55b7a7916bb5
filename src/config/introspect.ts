import { z } from 'zod';
import type { Path } from './problem.ts';

/** The schema inside of `optional` and defaults. */
export function unwrap(schema: z.core.$ZodType): z.core.$ZodType {
  const wrapped =
    schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault;
  return wrapped ? unwrap(schema.unwrap()) : schema;
}

/** The schema of the value at a path; undefined where the file has no such key. */
export function schemaAt(root: z.core.$ZodType, path: Path): z.core.$ZodType | undefined {
  return path.reduce<z.core.$ZodType | undefined>((schema, step) => {
    if (schema === undefined) return undefined;
    if (typeof step === 'number') return schema instanceof z.ZodArray ? unwrap(schema.element) : undefined;
    const next = shapeOf(schema)[step];
    return next && unwrap(next);
  }, unwrap(root));
}

/** The keys of a section; none when the schema is no section. */
export function shapeOf(schema: z.core.$ZodType | undefined): Readonly<Record<string, z.core.$ZodType>> {
  return schema instanceof z.ZodObject ? schema.shape : {};
}

/** What a key is like in an example: its example, its default, or nothing. */
export function exampleOf(schema: z.core.$ZodType): unknown {
  const example = z.globalRegistry.get(schema)?.['example'];
  return example ?? (schema instanceof z.ZodDefault ? schema.def.defaultValue : undefined);
}

/** The settings that the schema marks so, section by section. */
export function markedSettings(root: z.core.$ZodType, mark: 'restart' | 'unused'): readonly Path[] {
  return Object.entries(shapeOf(unwrap(root))).flatMap(([key, schema]) => {
    const here: Path = [key];
    return isMarked(schema, mark) ? [here] : markedSettings(schema, mark).map((path) => here.concat(path));
  });
}

export function isMarked(schema: z.core.$ZodType, mark: 'restart' | 'unused'): boolean {
  return z.globalRegistry.get(schema)?.[mark] === true;
}
