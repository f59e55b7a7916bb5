import type { ChangeMark } from '../domain/change-mark.ts';
import type { Interlink } from '../domain/interlink.ts';

/**
 * Port: what tells a database that was restored from an older backup. Every redemption, activation and burial of an
 * interlink makes a mark in its own transaction.
 */
export interface HistoryStore {
  /** The mark of the latest change. */
  latestMark(): Promise<ChangeMark | undefined>;
  /**
   * Makes a mark that was told to others this database's own, if it is not. The database is then an older one: in the
   * same transaction its unredeemed keys from before the mark are marked `issuedBeforeRestore`.
   * @returns those keys' interlinks; undefined when the mark was known
   */
  adoptMark(mark: ChangeMark): Promise<readonly Interlink[] | undefined>;

  /** By interlink: the sealed mark that its peer told last. */
  peerMarks(): Promise<ReadonlyMap<string, string>>;
  rememberPeerMark(interlinkId: string, sealed: string): Promise<void>;

  /** The sealed mark that was noted outside the database. */
  notedMark(): Promise<string | undefined>;
  noteMark(sealed: string): Promise<void>;
}
