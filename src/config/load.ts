import { readFile, stat } from 'node:fs/promises';
import { FailureError } from '../domain/failure.ts';
import type { Config } from './config.ts';
import { parseWithPlaces } from './parse.ts';
import { formatProblem, type Flaw, type Problem } from './problem.ts';
import { readSecrets, unreadable, type Environment } from './secrets.ts';
import type { Secrets } from './secret.ts';
import { maxBytes, tooLarge } from './yaml-source.ts';
import type { YamlTree } from './yaml-tree.ts';

export interface LoadedConfig {
  readonly file: string;
  readonly config: Config;
  readonly secrets: Secrets;
  readonly warnings: readonly Problem[];
}

/** The configuration has problems: the first is in the message, all are in `problems`. */
export class ConfigInvalidError extends FailureError {
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    const lines = problems.map(formatProblem);
    const others = lines.length > 1 ? ` (and ${lines.length - 1} more)` : '';
    const remedy = 'Correct the file; "interlinks check" lists every problem';
    super('config-invalid', `${lines[0]}${others}`, remedy);
    this.problems = problems;
  }
}

/**
 * Reads a configuration file, and not the secrets it refers to: for those who need none and may not read them.
 *
 * @throws {FailureError} `config-unreadable`
 * @throws {ConfigInvalidError} `config-invalid`
 */
export async function readConfig(file: string): Promise<Omit<LoadedConfig, 'secrets'>> {
  const { config, warnings } = await read(file);
  return { file, config, warnings };
}

/**
 * Reads a configuration file and the secrets it refers to.
 *
 * @throws {FailureError} `config-unreadable`
 * @throws {ConfigInvalidError} `config-invalid`
 */
export async function loadConfig(file: string, env: Environment): Promise<LoadedConfig> {
  const { config, warnings, tree } = await read(file);
  const { secrets, problems } = await readSecrets(config, tree, env);
  if (secrets === undefined) throw new ConfigInvalidError(problems);
  return { file, config, secrets, warnings };
}

async function read(file: string): Promise<{ config: Config; warnings: readonly Problem[]; tree: YamlTree }> {
  const { config, problems, warnings, tree } = parseWithPlaces(await readText(file), file);
  if (config === undefined || tree === undefined) throw new ConfigInvalidError(problems);
  return { config, warnings, tree };
}

async function readText(file: string): Promise<string> {
  const refuse = (flaw: Flaw) => new ConfigInvalidError([{ file, line: 1, column: 1, path: '', ...flaw }]);
  const bytes = await readBytes(file);
  if (bytes === undefined) throw refuse(tooLarge);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw refuse({ message: 'The file is not UTF-8 text', remedy: 'Save it as UTF-8' });
  }
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
