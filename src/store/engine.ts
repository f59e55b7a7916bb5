import type { Dialect } from 'kysely';
import type { FailureError } from '../domain/failure.ts';

/** A database that is open and locked for this process. */
export interface Engine {
  readonly dialect: Dialect;
  /**
   * To be done before and after a change that need not outlast a loss of power, only the end of the process. None where to wait
   * for the disk holds up nothing else.
   */
  readonly unsynced?: { readonly before: () => void; readonly after: () => void };
  /** Closes the connections, then gives the lock back. */
  close(): Promise<void>;
  /** Puts what went wrong while preparing the database into words that are safe to show. */
  explain(error: unknown): FailureError;
}
