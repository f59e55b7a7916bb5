import type { Failure } from './failure.ts';

/** How the configuration file and what is in force stand to each other. Times are milliseconds since the epoch. */
export interface ConfigState {
  readonly file: string;
  /** When what is in force was read. */
  readonly inForceSince: number;
  /** Why the file as it is now is not in force; undefined when it is. */
  readonly refused: RefusedFile | undefined;
  /** The settings that were changed in the file and wait for a restart of the service. */
  readonly awaitingRestart: readonly string[];
}

export interface RefusedFile {
  readonly at: number;
  readonly failure: Failure;
  /** The numbers that the file means to be private and that are still shared. */
  readonly notPrivate: readonly string[];
}
