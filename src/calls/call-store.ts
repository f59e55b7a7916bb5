import type { CallDirection, CallOutcome, CallRecord } from '../domain/call.ts';

export interface CallFilter {
  /** Milliseconds since the epoch; calls that started at or after it. */
  readonly since: number;
  /** Only calls that started before it. */
  readonly until?: number | undefined;
  readonly limit: number;
  /** Only calls over this interlink. */
  readonly interlinkId?: string | undefined;
  /** Only calls from or to this number. */
  readonly number?: string | undefined;
  readonly direction?: CallDirection | undefined;
  readonly outcome?: CallOutcome | undefined;
  /** Only calls that were not put through, see failedOutcomes. */
  readonly failed?: boolean | undefined;
  /** Only calls in progress, or only those that have ended. */
  readonly inProgress?: boolean | undefined;
}

export interface UsageQuery {
  /** Milliseconds since the epoch; the first period begins here. */
  readonly since: number;
  readonly until: number;
  /** Length of a period in milliseconds. */
  readonly periodMs: number;
  /** Of which each period is told apart. A number is one of this system: the caller, or who was called. */
  readonly by: 'interlink' | 'number' | undefined;
  readonly interlinkId?: string | undefined;
  readonly number?: string | undefined;
}

/** The calls that began in one period. */
export interface Usage {
  /** Milliseconds since the epoch. */
  readonly start: number;
  /** Id of the interlink, or the number; undefined for calls without, and where nothing is told apart. */
  readonly of: string | undefined;
  readonly calls: number;
  readonly answered: number;
  /** Those that were not put through, see failedOutcomes. */
  readonly failed: number;
  readonly talkedMs: number;
  /** Mean and longest of the calls that rang. */
  readonly postDialDelayMs: number | undefined;
  readonly longestPostDialDelayMs: number | undefined;
}

/** Port: the call records. */
export interface CallStore {
  /**
   * Writes new records, or replaces those of the same call id, direction and channel; all of them or none. The channel
   * is this system's own, so that a peer that names one call id twice overwrites nothing.
   */
  save(...records: readonly CallRecord[]): Promise<void>;
  /** Newest first. */
  list(filter: CallFilter): Promise<readonly CallRecord[]>;
  /** The earliest first; periods without calls are left out. */
  usage(query: UsageQuery): Promise<readonly Usage[]>;
  /** Records without an end, oldest first: calls that were up when the daemon last stopped. */
  open(): Promise<readonly CallRecord[]>;
}
