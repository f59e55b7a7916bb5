import { isDeepStrictEqual } from 'node:util';
import { FailureError, type Failure } from '../domain/failure.ts';
import type { Config } from './config.ts';
import { editPrivate } from './edit-private.ts';
import {
  ConfigInvalidError,
  contentHash,
  parseSource,
  readSource,
  type ConfigSource,
  type ReadConfig,
} from './load.ts';
import { formatProblem } from './problem.ts';
import { replaceFile } from './replace-file.ts';

/** Work on the configuration file that takes too long for the thread that answers calls. */
export type ConfigJob =
  /** Reads the file, unless its content is the one known by its hash. */
  | { readonly kind: 'read'; readonly file: string; readonly known: string | undefined }
  /** Writes into the file whether a number is private, and reads it. */
  | {
      readonly kind: 'set-private';
      readonly file: string;
      readonly number: string;
      readonly hidden: boolean;
    };

export interface RefusedConfig {
  readonly kind: 'refused';
  readonly failure: Failure;
  /** Of the content that was refused; unknown when it could not be read. */
  readonly hash: string | undefined;
  /** All problems, each with file, line, column and remedy. */
  readonly problems: readonly string[];
  /** The numbers that the refused file means to be private. */
  readonly wantedPrivate: readonly string[];
}

/** `known`: the content is the known one. */
export type ConfigOutcome =
  { readonly kind: 'read'; readonly read: ReadConfig } | { readonly kind: 'known' } | RefusedConfig;

const maxAttempts = 5;

/** @param replace how the file is written */
export async function runConfigJob(job: ConfigJob, replace = replaceFile): Promise<ConfigOutcome> {
  let source: ConfigSource | undefined;
  try {
    source = await readSource(job.file);
    if (job.kind === 'read') {
      return source.hash === job.known ? { kind: 'known' } : { kind: 'read', read: parseSource(source) };
    }
    for (let attempt = 1; attempt < maxAttempts; attempt += 1) {
      const read = await setPrivate(source, job, replace);
      if (read !== undefined) return { kind: 'read', read };
      source = await readSource(job.file);
    }
    const remedy = 'Nothing was changed; repeat the command when nobody else saves the file';
    throw new FailureError('config-unwritable', `${job.file} changes all the time`, remedy);
  } catch (error) {
    if (!(error instanceof FailureError)) throw error;
    const invalid = error instanceof ConfigInvalidError ? error : undefined;
    return {
      kind: 'refused',
      failure: error.failure,
      hash: source?.hash,
      problems: invalid?.problems.map(formatProblem) ?? [],
      wantedPrivate: invalid?.wantedPrivate ?? [],
    };
  }
}

/** @returns undefined when somebody else changed the file meanwhile */
async function setPrivate(
  source: ConfigSource,
  { number, hidden }: { readonly number: string; readonly hidden: boolean },
  replace: typeof replaceFile,
): Promise<ReadConfig | undefined> {
  const before = parseSource(source);
  const present = before.config.numbers.find((local) => local.number === number);
  if (present === undefined) {
    const remedy = '"interlinks number list" shows the numbers of this system';
    throw new FailureError('not-found', `This system has no number ${number}`, remedy);
  }
  if (present.private === hidden) return before;
  const text = editPrivate(source.text, number, hidden);
  const after = text === undefined ? undefined : parseEdited({ ...source, text });
  if (text === undefined || !isDeepStrictEqual(after?.config, withPrivate(before.config, number, hidden))) {
    throw new FailureError(
      'config-unwritable',
      `The entry of ${number} in ${source.file} is written in a way that cannot be changed automatically`,
      `Nothing was changed; write "private: ${hidden}" into that entry yourself`,
    );
  }
  const content = (source.hasByteOrderMark ? '\uFEFF' : '') + text;
  const written = await replace(source.file, content, (bytes) => contentHash(bytes) === source.hash);
  return written && after !== undefined ? { ...after, hash: contentHash(Buffer.from(content)) } : undefined;
}

function parseEdited(source: ConfigSource): ReadConfig | undefined {
  try {
    return parseSource(source);
  } catch (error) {
    if (error instanceof ConfigInvalidError) return undefined;
    throw error;
  }
}

function withPrivate(config: Config, number: string, hidden: boolean): Config {
  const numbers = config.numbers.map((local) =>
    local.number === number ? { ...local, private: hidden } : local,
  );
  return { ...config, numbers };
}
