import { z } from 'zod';

/** The parts of JSON Schema that the admin API's schemas come to. */
interface JsonSchema {
  readonly type?: string;
  readonly format?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly items?: JsonSchema;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
}

/** Writes a schema down as a type for readers: `?` marks what may be missing, `time` is ISO 8601 in UTC. */
export function jsonShape(schema: z.ZodType): string {
  return shape(z.toJSONSchema(schema) as JsonSchema, '');
}

function shape(schema: JsonSchema, indent: string): string {
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices !== undefined) return choices.map((choice) => shape(choice, indent)).join(' | ');
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum !== undefined) return schema.enum.map((value) => JSON.stringify(value)).join(' | ');
  if (schema.format === 'date-time') return 'time';
  if (schema.type === 'array') return `${shape(schema.items ?? {}, indent)}[]`;
  if (schema.type === 'object') return objectShape(schema, indent);
  return schema.type === 'integer' ? 'number' : (schema.type ?? 'any');
}

function objectShape({ properties = {}, required = [] }: JsonSchema, indent: string): string {
  const inner = `${indent}  `;
  const lines = Object.entries(properties).map(
    ([key, value]) => `${inner}${key}${required.includes(key) ? '' : '?'}: ${shape(value, inner)}`,
  );
  return `{\n${lines.join('\n')}\n${indent}}`;
}
