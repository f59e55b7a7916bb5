import { pino, type Logger } from 'pino';

export interface LogOptions {
  readonly level: string;
  /** Name of this system, so that logs of several can be told apart. */
  readonly system: string;
}

/** The service's log: one JSON object a line on stdout. Fields that may carry a secret are blotted out. */
export function createLog({ level, system }: LogOptions): Logger {
  return pino({
    level,
    base: { system },
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: {
      paths: [
        'key',
        'ticket',
        'password',
        'secret',
        'token',
        'authorization',
        '*.password',
        '*.authorization',
        '*.key',
      ],
      censor: '(secret)',
    },
  });
}
