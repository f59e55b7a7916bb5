import { isLoopback } from '../domain/host.ts';
import type { Config } from './config.ts';
import { excerpt, pathText, type Flaw, type Path, type Problem } from './problem.ts';
import { markedSettings } from './introspect.ts';
import { settingsSchema } from './schema.ts';
import { splitUrl } from './urls.ts';
import type { YamlTree } from './yaml-tree.ts';

/** A number with its endpoints is one entry of AstDB, which is written by one line of AMI, of at most 1,024 bytes. */
const maxRingCharacters = 700;

/**
 * What the schema cannot say, since it looks at how a value is written or at more than one value. Works on a file
 * with other flaws too.
 */
export function checkRules(tree: YamlTree): Problem[] {
  const numbers = listAt(tree.value, 'numbers');
  return [
    ...numbers.flatMap((_, index) => quotes(tree, ['numbers', index, 'number'])),
    ...listAt(tree.value, 'emergency').flatMap((_, index) => quotes(tree, ['emergency', index])),
    ...doubles(tree, numbers),
    ...numbers.flatMap((entry, index) => target(tree, entry, ['numbers', index])),
  ];
}

/** What is allowed and yet hardly meant. */
export function findWarnings(config: Config, tree: YamlTree): Problem[] {
  const warnings: Problem[] = [];
  const host = splitUrl(config.peer.url)?.host ?? '';
  if (isLoopback(host) && !config.peer.allowLoopback) {
    warnings.push(
      tree.problem('value', ['peer', 'url'], {
        message: `Linked systems refuse ${host}, an address that never leaves its machine`,
        remedy: 'Write the address under which they reach this system',
      }),
    );
  }
  for (const path of markedSettings(settingsSchema, 'unused').filter((setting) => tree.has(setting))) {
    const message = `${pathText(path)} is not used by this version`;
    warnings.push(tree.problem('key', path, { message, remedy: 'It may stay; it has no effect' }));
  }
  const emergency = new Set(config.emergency);
  for (const [index, { number }] of config.numbers.entries()) {
    const warn = (flaw: Flaw) => warnings.push(tree.problem('value', ['numbers', index, 'number'], flaw));
    if (emergency.has(number)) {
      warn({
        message: `${number} is an emergency number and an internal number; it rings here and is never shared`,
        remedy: 'Choose another number, or take it out of emergency',
      });
    }
  }
  return warnings;
}

function quotes(tree: YamlTree, path: Path): Problem[] {
  const scalar = tree.scalar(path);
  if (scalar === undefined || scalar.value === null || scalar.type?.startsWith('QUOTE')) return [];
  const flaw = {
    message: `${pathText(path)} needs quotes: without them YAML may make another number of it`,
    remedy: `Write ${excerpt((scalar.source ?? '').trim())}`,
  };
  return [tree.problem('value', path, flaw)];
}

function doubles(tree: YamlTree, entries: readonly unknown[]): Problem[] {
  const first = new Map<unknown, Path>();
  return entries.flatMap((_, index) => {
    const path = ['numbers', index, 'number'];
    const number = tree.scalar(path)?.value;
    const earlier = first.get(number);
    if (earlier === undefined) first.set(number, path);
    if (typeof number !== 'string' || earlier === undefined) return [];
    const lines = `on line ${tree.line(earlier)} and on line ${tree.line(path)}`;
    const flaw = {
      message: `The number ${excerpt(number)} stands here twice, ${lines}`,
      remedy: 'Remove one',
    };
    return [tree.problem('value', path, flaw)];
  });
}

function target(tree: YamlTree, entry: unknown, path: Path): Problem[] {
  if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) return [];
  const refuse = (at: Path, message: string, remedy: string) => [
    tree.problem('key', at, { message, remedy }),
  ];
  const name = pathText(path);
  if (!('dialplan' in entry)) {
    if ('ring' in entry) return ringLength(tree, listAt(entry, 'ring'), [...path, 'ring']);
    return refuse(
      path,
      `${name} rings nothing`,
      'Add ring like [PJSIP/101], or dialplan like "conferences,600,1"',
    );
  }
  return ['ring', 'timeout', 'noAnswer']
    .filter((key) => key in entry)
    .flatMap((key) =>
      refuse([...path, key], `${name} has ${key} beside dialplan`, 'Keep either ring or dialplan'),
    );
}

function ringLength(tree: YamlTree, endpoints: readonly unknown[], path: Path): Problem[] {
  const length = endpoints.join('&').length;
  if (length <= maxRingCharacters) return [];
  const message = `${pathText(path)} has ${length} characters, more than the ${maxRingCharacters} that Asterisk takes`;
  return [tree.problem('key', path, { message, remedy: 'Ring fewer endpoints, or a dialplan that does' })];
}

function listAt(value: unknown, key: string): readonly unknown[] {
  const list =
    typeof value === 'object' && value !== null && key in value ? Reflect.get(value, key) : undefined;
  return Array.isArray(list) ? list : [];
}
