import type { Logger } from 'pino';
import type { Config } from '../config/config.ts';
import type { Secrets } from '../config/secret.ts';
import type { FailureError } from '../domain/failure.ts';
import type { StoreOptions } from '../store/index.ts';

/** How the store is opened: SQLite in the data directory, or PostgreSQL where the configuration names one. */
export function storeOptions(
  { database, dataDir }: Config,
  secrets: Secrets,
  log: Logger,
  onDatabaseTaken: (failure: FailureError) => void,
): StoreOptions {
  if (database === undefined) return { dataDir };
  return {
    dataDir,
    url: database.url,
    password: secrets.databasePassword?.reveal(),
    onLockLost: () => log.error('the lock on the database is lost; another daemon could take it'),
    onLockRegained: () => log.info('the lock on the database is back'),
    onDatabaseTaken,
  };
}
