import { Kysely } from 'kysely';
import { FailureError } from '../domain/failure.ts';
import type { Engine } from './engine.ts';
import { migrate } from './migrate.ts';
import { openSecrets } from './open-secrets.ts';
import type { PostgresOptions } from './postgres-engine.ts';
import type { Schema } from './schema.ts';
import type { SecretBox } from './secret-box.ts';
import { openSqlite } from './sqlite-engine.ts';

/** Without `url`: SQLite in `dataDir`. The key to the secrets in the database is in `dataDir` in either case. */
export type DatabaseOptions = { readonly dataDir: string } | ({ readonly dataDir: string } & PostgresOptions);

export interface Database {
  readonly db: Kysely<Schema>;
  /** Runs a change that resolves when it outlasts the end of this process; after a loss of power it may be missing. */
  readonly unsynced: (change: (db: Kysely<Schema>) => Promise<void>) => Promise<void>;
  /** Opens and seals the secrets in it. */
  readonly box: SecretBox;
  /** Closes the connections and lets another daemon have the database. May be called again. */
  readonly close: () => Promise<void>;
}

/**
 * Opens the database for this daemon alone and brings its schema up to date.
 * @throws FailureError `database-in-use`, `database-newer`, `database-unreachable`, `data-dir-unusable`,
 * `secret-key-missing`, `secret-key-wrong`, `secret-key-exposed`
 */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  // Who keeps to SQLite does without the memory that the PostgreSQL driver takes.
  const engine =
    'url' in options
      ? await (await import('./postgres-engine.ts')).openPostgres(options)
      : openSqlite(options.dataDir);
  const db = new Kysely<Schema>({ dialect: engine.dialect });
  let box: SecretBox;
  try {
    await migrate(db);
    box = await openSecrets(db, options.dataDir);
  } catch (error) {
    await engine.close();
    throw error instanceof FailureError ? error : engine.explain(error);
  }
  let closing: Promise<void> | undefined;
  return {
    db,
    unsynced: (change) => runUnsynced(db, engine, change),
    box,
    close: () => (closing ??= engine.close()),
  };
}

async function runUnsynced(
  db: Kysely<Schema>,
  { unsynced }: Engine,
  change: (db: Kysely<Schema>) => Promise<void>,
): Promise<void> {
  if (unsynced === undefined) {
    await change(db);
    return;
  }
  await db.connection().execute(async (connection) => {
    unsynced.before();
    try {
      await change(connection);
    } finally {
      unsynced.after();
    }
  });
}
