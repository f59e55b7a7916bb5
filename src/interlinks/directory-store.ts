import type { Directory } from '../domain/directory.ts';

/** A peer's directory as it last arrived here. */
export interface StoredDirectory extends Directory {
  /** Milliseconds since the epoch. */
  readonly receivedAt: number;
}

/** Port: the peers' directories. What was acknowledged is on disk. */
export interface DirectoryStore {
  /** Those of active interlinks, by interlink id. */
  list(): Promise<ReadonlyMap<string, StoredDirectory>>;
  /** Takes the place of the one before. @returns false, and keeps nothing, when the interlink is not active */
  replace(interlinkId: string, directory: StoredDirectory): Promise<boolean>;
}
