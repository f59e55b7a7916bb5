import type { CallRecord } from '../domain/call.ts';

export interface CallFilter {
  /** Milliseconds since the epoch; calls that started at or after it. */
  readonly since: number;
  readonly limit: number;
  /** Only calls over this interlink. */
  readonly interlinkId?: string | undefined;
  /** Only calls from or to this number. */
  readonly number?: string | undefined;
  /** Only calls that were not put through, see failedOutcomes. */
  readonly failed?: boolean | undefined;
}

/** Port: the call records. */
export interface CallStore {
  /**
   * Writes a new record, or replaces the one of the same call id, direction and channel. The channel is this system's
   * own, so that a peer that names one call id twice overwrites nothing.
   */
  save(record: CallRecord): Promise<void>;
  /** Newest first. */
  list(filter: CallFilter): Promise<readonly CallRecord[]>;
  /** Records without an end, oldest first: calls that were up when the daemon last stopped. */
  open(): Promise<readonly CallRecord[]>;
}
