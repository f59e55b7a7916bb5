/** Something that an admin did, or tried to do. */
export interface AuditEntry {
  readonly id: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly who: string;
  /** Stable, such as `interlink-renamed`. */
  readonly action: string;
  /** What it was done to, in words. */
  readonly subject: string;
  /** The code of the failure; undefined when it was done. */
  readonly failure: string | undefined;
}

/** Port: what was done, by whom and when. */
export interface AuditStore {
  add(entry: AuditEntry): Promise<void>;
  /** Newest first. @param since milliseconds since the epoch */
  list(since: number, limit: number): Promise<readonly AuditEntry[]>;
}
