import type { z } from 'zod';
import { flowText } from './flow-text.ts';
import { exampleOf, schemaAt, shapeOf } from './introspect.ts';
import { nearName } from './near-name.ts';
import { excerpt, pathText, type Flaw, type Path, type Problem } from './problem.ts';
import { settingsSchema } from './schema.ts';
import type { YamlTree } from './yaml-tree.ts';

const choice = new Intl.ListFormat('en-GB', { type: 'disjunction' });

/** Says in an admin's words, and with its place, what the schema objects to. */
export function explainIssue(issue: z.core.$ZodIssue, tree: YamlTree): readonly Problem[] {
  const path = issue.path.map((step) => (typeof step === 'number' ? step : String(step)));
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => tree.problem('key', [...path, key], unknownKey(key, path)));
  }
  return [tree.problem('value', path, explainValue(issue, path, tree))];
}

function explainValue(issue: z.core.$ZodIssue, path: Path, tree: YamlTree): Flaw {
  const key = pathText(path);
  if (issue.code === 'custom')
    return { message: withKey(key, issue.message), remedy: String(issue.params?.['remedy']) };
  if (!tree.has(path)) return missing(path);
  const scalar = tree.scalar(path);
  if (scalar?.value === null) return noValue(path);
  if (issue.code === 'invalid_value') {
    const remedy = `Write ${choice.format(issue.values.map(String))}`;
    return { message: withKey(key, `${excerpt(scalar?.source ?? '')} is not known here`), remedy };
  }
  if (issue.code === 'invalid_type') return wrongType(issue.expected, key, path, scalar?.source);
  return { message: withKey(key, issue.message), remedy: `Write a value${likeExample(path)}` };
}

function wrongType(expected: string, key: string, path: Path, source: string | undefined): Flaw {
  switch (expected) {
    case 'string':
      return source === undefined
        ? { message: `${key} must be a text`, remedy: `Write one value${likeExample(path)}` }
        : {
            message: `${key} must be a text, but without quotes it is none`,
            remedy: `Write ${excerpt(source)}`,
          };
    case 'number': {
      const number = /^\d{1,9}$/.test(source ?? '') ? source : undefined;
      return {
        message: `${key} must be a number`,
        remedy: number ? `Write ${number} without quotes` : 'Write digits only',
      };
    }
    case 'boolean':
      return {
        message: `${key} must be true or false`,
        remedy: `Write ${meantBoolean(source ?? '')} without quotes`,
      };
    case 'array':
      return { message: `${key} must be a list`, remedy: `Write it in [ ]${likeExample(path)}` };
    default:
      return {
        message: `${key || 'The file'} must be a section`,
        remedy: `Write keys in it: ${keysAt(path).join(', ')}`,
      };
  }
}

function meantBoolean(source: string): string {
  if (/^(?:yes|y|on|true|1)$/i.test(source)) return 'true';
  return /^(?:no|n|off|false|0)$/i.test(source) ? 'false' : 'true or false';
}

function noValue(path: Path): Flaw {
  const keys = keysAt(path);
  const value =
    keys.length > 0
      ? `its keys below it, indented: ${keys.join(', ')}`
      : `a value after it${likeExample(path)}`;
  return { message: `${pathText(path)} has no value`, remedy: `Write ${value}; or remove the key` };
}

function missing(path: Path): Flaw {
  const where = path.length > 1 ? ` to ${pathText(path.slice(0, -1))}` : '';
  return {
    message: `${pathText(path)} is missing`,
    remedy: `Add ${path.at(-1)}${where}${likeExample(path)}`,
  };
}

function unknownKey(key: string, parent: Path): Flaw {
  const names = keysAt(parent);
  const meant = nearName(key, names);
  const remedy =
    meant === undefined ? `Remove it, or write one of ${names.join(', ')}` : `Did you mean ${meant}?`;
  return {
    message: `There is no key ${excerpt(key)}${parent.length === 0 ? '' : ` in ${pathText(parent)}`}`,
    remedy,
  };
}

function keysAt(path: Path): string[] {
  return Object.keys(shapeOf(schemaAt(settingsSchema, path)));
}

function likeExample(path: Path): string {
  const key = path.at(-1);
  const wrapped = shapeOf(schemaAt(settingsSchema, path.slice(0, -1)))[typeof key === 'string' ? key : ''];
  const example = wrapped && exampleOf(wrapped);
  if (example === undefined) return '';
  // One of several sections is enough to see what they look like.
  const several = Array.isArray(example) && typeof example[0] === 'object';
  return `, like ${flowText(several ? example.slice(0, 1) : example)}`;
}

function withKey(key: string, message: string): string {
  return key === '' ? message : `${key}: ${message}`;
}
