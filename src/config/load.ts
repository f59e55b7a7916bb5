import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { FailureError } from '../domain/failure.ts';
import type { Config } from './config.ts';
import { parseWithPlaces } from './parse.ts';
import { formatProblem, type Flaw, type Problem } from './problem.ts';
import { restartSettingsIn } from './restart.ts';
import { readSecrets, unreadable } from './secrets.ts';
import type { Secrets } from './secret.ts';
import { maxBytes, tooLarge } from './yaml-source.ts';
import type { YamlTree } from './yaml-tree.ts';

/** The text of a configuration file. */
export interface ConfigSource {
  readonly file: string;
  /** Without its byte order mark. */
  readonly text: string;
  readonly hasByteOrderMark: boolean;
  /** Of the bytes, by which one content is told from another. */
  readonly hash: string;
}

/** A valid configuration file without its secrets. */
export interface ReadConfig {
  readonly file: string;
  readonly hash: string;
  readonly config: Config;
  readonly warnings: readonly Problem[];
  /** The settings in the file of which a change takes a restart. */
  readonly restart: readonly string[];
}

export interface LoadedConfig extends ReadConfig {
  readonly secrets: Secrets;
}

/** The configuration has problems: the first is in the message, all are in `problems`. */
export class ConfigInvalidError extends FailureError {
  readonly problems: readonly Problem[];
  /** The numbers that the file means to be private, as far as it can be read. */
  readonly wantedPrivate: readonly string[];

  constructor(problems: readonly Problem[], wantedPrivate: readonly string[] = []) {
    const lines = problems.map(formatProblem);
    const others = lines.length > 1 ? ` (and ${lines.length - 1} more)` : '';
    const remedy = 'Correct the file; "interlinks check" lists every problem';
    super('config-invalid', `${lines[0]}${others}`, remedy);
    this.problems = problems;
    this.wantedPrivate = wantedPrivate;
  }
}

/**
 * Reads a configuration file and the secrets it refers to.
 *
 * @throws {FailureError} `config-unreadable`
 * @throws {ConfigInvalidError} `config-invalid`
 */
export async function loadConfig(file: string, env: NodeJS.ProcessEnv): Promise<LoadedConfig> {
  return await loadSource(await readSource(file), env);
}

/**
 * The same for a text that is there already.
 *
 * @throws {ConfigInvalidError} `config-invalid`
 */
export async function loadSource(source: ConfigSource, env: NodeJS.ProcessEnv): Promise<LoadedConfig> {
  const { read, tree } = examine(source);
  const { secrets, problems } = await readSecrets(read.config, tree, env);
  if (secrets === undefined) throw new ConfigInvalidError(problems);
  return { ...read, secrets };
}

/**
 * Checks the text of a configuration file, and not the secrets it refers to: for those who need none and may not read
 * them.
 *
 * @throws {ConfigInvalidError} `config-invalid`
 */
export function parseSource(source: ConfigSource): ReadConfig {
  return examine(source).read;
}

function examine({ file, text, hash }: ConfigSource): { read: ReadConfig; tree: YamlTree } {
  const { config, problems, warnings, tree, wantedPrivate } = parseWithPlaces(text, file);
  if (config === undefined || tree === undefined) throw new ConfigInvalidError(problems, wantedPrivate);
  return { read: { file, hash, config, warnings, restart: restartSettingsIn(tree) }, tree };
}

/**
 * Reads the text of a configuration file, unchecked.
 *
 * @throws {FailureError} `config-unreadable`
 * @throws {ConfigInvalidError} `config-invalid` when it is too large or no text
 */
export async function readSource(file: string): Promise<ConfigSource> {
  return sourceOf(file, await readBytes(file));
}

/**
 * Makes a source of bytes.
 *
 * @param file what to call it in problems; paths in it are relative to its directory
 * @param bytes undefined when there are too many
 * @throws {ConfigInvalidError} `config-invalid` when it is too large or no text
 */
export function sourceOf(file: string, bytes: Uint8Array | undefined): ConfigSource {
  const refuse = (flaw: Flaw) => new ConfigInvalidError([{ file, line: 1, column: 1, path: '', ...flaw }]);
  if (bytes === undefined || bytes.length > maxBytes) throw refuse(tooLarge);
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return { file, text, hasByteOrderMark: bytes[0] === 0xef && bytes[1] === 0xbb, hash: contentHash(bytes) };
  } catch {
    throw refuse({ message: 'The file is not UTF-8 text', remedy: 'Save it as UTF-8' });
  }
}

export function contentHash(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('base64url');
}

async function readBytes(file: string): Promise<Buffer | undefined> {
  try {
    const { size } = await stat(file);
    return size > maxBytes ? undefined : await readFile(file);
  } catch (error) {
    const remedy = 'Name the configuration file of Interlinks, and let this user read it';
    throw new FailureError('config-unreadable', `${file} ${unreadable(error)}`, remedy, error);
  }
}
