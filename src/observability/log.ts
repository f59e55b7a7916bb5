import { pino, type DestinationStream, type LevelWithSilent, type Logger } from 'pino';

export interface LogOptions {
  readonly level: LevelWithSilent;
  /** Name of this system, so that logs of several can be told apart. */
  readonly system: string;
}

/** Fields that carry a secret, wherever they stand. */
const secretFields = new Set([
  'key',
  'ticket',
  'password',
  'secret',
  'token',
  'authorization',
  'proofKey',
  'mac',
]);
const maxDepth = 5;
const blot = '(secret)';

/** Secrets that libraries put into the text of their errors: ARI's `api_key`, and passwords in URLs. */
const secretsInText: readonly [RegExp, string][] = [
  [/(api_key=)[^&\s"']+/g, `$1${blot}`],
  [/(:\/\/[^:@/\s]*:)[^@/\s]+@/g, `$1${blot}@`],
  [/ilk1[-0-9a-z]{20,}/gi, blot],
];

const maxCauses = 5;

export interface ServiceLog {
  readonly log: Logger;
  /** Sets the level of the log and of every part's log. */
  readonly setLevel: (level: LevelWithSilent) => void;
}

/**
 * The service's log: one JSON object a line. Fields that may carry a secret are blotted out, and of an error only
 * what says where and why: what libraries attach to theirs (requests, headers, options) stays out.
 *
 * @param destination where the lines go; left out: stdout
 */
export function createLog({ level, system }: LogOptions, destination?: DestinationStream): ServiceLog {
  // A child keeps the level that its parent had when it was made.
  const parts: { level: string }[] = [];
  const log = pino(
    {
      level,
      onChild: (part) => parts.push(part),
      base: { system },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { log: withoutSecretFields },
      // Described by the formatter; pino's own serializer would describe that once more.
      serializers: { err: (error: unknown) => error },
    },
    destination ?? stdout(),
  );
  return {
    log,
    setLevel: (wanted) => {
      for (const part of [log, ...parts]) part.level = wanted;
    },
  };
}

/**
 * Where lines leave the process in the moment in which they are written, or wait while their reader is slow. pino's own
 * way hands each to another thread, which costs more than all else about a line. Without a reader the service goes on,
 * where a command ends (see endWithOutput).
 */
function stdout(): DestinationStream {
  process.stdout.removeAllListeners('error').on('error', () => undefined);
  return { write: (line) => void process.stdout.write(line) };
}

/** The same without secrets; pino's `redact`, which could do this by wildcards, takes ten times as long as all of a line. */
function withoutSecretFields(fields: object, depth = maxDepth): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [name, blotted(name, value, depth)]),
  );
}

function blotted(name: string, value: unknown, depth: number): unknown {
  if (value === undefined) return undefined;
  if (name === 'err' || value instanceof Error) return describe(value, maxCauses);
  if (secretFields.has(name) || depth === 0) return blot;
  if (typeof value !== 'object' || value === null || 'toJSON' in value) return value;
  if (Array.isArray(value)) return value.map((item) => blotted('', item, depth - 1));
  return withoutSecretFields(value, depth - 1);
}

function describe(error: unknown, depth: number): object | string {
  if (!(error instanceof Error)) return withoutSecrets(String(error));
  const code = 'code' in error && typeof error.code === 'string' ? { code: error.code } : {};
  const cause = error.cause === undefined || depth === 0 ? {} : { cause: describe(error.cause, depth - 1) };
  return {
    type: error.name,
    message: withoutSecrets(error.message),
    stack: withoutSecrets(error.stack ?? ''),
    ...code,
    ...cause,
  };
}

function withoutSecrets(text: string): string {
  return secretsInText.reduce((result, [pattern, censored]) => result.replace(pattern, censored), text);
}
