import { pino, type DestinationStream, type LevelWithSilent, type Logger } from 'pino';

export interface LogOptions {
  readonly level: LevelWithSilent;
  /** Name of this system, so that logs of several can be told apart. */
  readonly system: string;
}

/** Fields that carry a secret, wherever they stand. */
const secretFields = ['key', 'ticket', 'password', 'secret', 'token', 'authorization', 'proofKey', 'mac'];
const depths = ['', '*.', '*.*.'];
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
      redact: {
        paths: depths.flatMap((depth) => secretFields.map((field) => `${depth}${field}`)),
        censor: blot,
      },
      serializers: { err: (error: unknown) => describe(error, maxCauses) },
    },
    destination ?? pino.destination(1),
  );
  return {
    log,
    setLevel: (wanted) => {
      for (const part of [log, ...parts]) part.level = wanted;
    },
  };
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
