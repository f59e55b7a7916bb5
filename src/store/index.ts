import { sql } from 'kysely';
import type { AccessTokenStore } from '../access/access-token.ts';
import type { DirectoryStore } from '../interlinks/directory-store.ts';
import type { HistoryStore } from '../interlinks/history-store.ts';
import type { InterlinkStore } from '../interlinks/interlink-store.ts';
import { AccessTokenRepository } from './access-token-repository.ts';
import { AuditRepository } from './audit-repository.ts';
import { CallRepository } from './call-repository.ts';
import { historyRepository } from './change-marks.ts';
import { type DatabaseOptions, openDatabase } from './database.ts';
import { DirectoryRepository } from './directory-repository.ts';
import { IdentityRepository } from './identity-repository.ts';
import { interlinkRepository } from './interlink-repository.ts';
import { SeenRequests } from './seen-requests.ts';

export type { DatabaseOptions as StoreOptions } from './database.ts';

/**
 * What this system keeps. A promise that a method returned resolves once the change is on disk; a call record may still
 * be on its way there, and outlasts the end of this process.
 */
export interface Store {
  readonly interlinks: InterlinkStore;
  readonly directories: DirectoryStore;
  readonly history: HistoryStore;
  readonly calls: CallRepository;
  readonly accessTokens: AccessTokenStore;
  readonly audit: AuditRepository;
  readonly identity: IdentityRepository;
  readonly seenRequests: SeenRequests;
  /** Resolves when the database answers. */
  ping(): Promise<void>;
  /** Closes the database and lets another daemon have it. May be called again. */
  close(): Promise<void>;
}

/**
 * Opens the store for this daemon alone.
 * @throws FailureError `database-in-use`, `database-newer`, `database-unreachable`, `data-dir-unusable`,
 * `secret-key-missing`, `secret-key-wrong`, `secret-key-exposed`
 */
export async function openStore(options: DatabaseOptions): Promise<Store> {
  const { db, unsynced, box, close } = await openDatabase(options);
  return {
    interlinks: interlinkRepository(db, box),
    directories: new DirectoryRepository(db),
    history: historyRepository(db, options.dataDir),
    calls: new CallRepository(db, unsynced),
    accessTokens: new AccessTokenRepository(db),
    audit: new AuditRepository(db),
    identity: new IdentityRepository(db, box),
    seenRequests: new SeenRequests(db),
    ping: async () => void (await sql`select 1`.execute(db)),
    close,
  };
}
