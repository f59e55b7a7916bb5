import type { Kysely } from 'kysely';
import { Migrator } from 'kysely/migration';
import { migrations } from '../../migrations/index.ts';
import { FailureError } from '../domain/failure.ts';
import type { Schema } from './schema.ts';

/** Names of our own, so that another application's migrations in the same database are not taken for ours. */
const migrationTable = 'interlinks_migration';
const migrationLockTable = 'interlinks_migration_lock';

/**
 * Brings the database to the newest schema; one that is there already is only read.
 * @throws FailureError `database-newer` when a newer Interlinks has changed the schema; nothing is written then
 */
export async function migrate(db: Kysely<Schema>): Promise<void> {
  const applied = await appliedMigrations(db);
  const unknown = applied.filter((name) => !Object.hasOwn(migrations, name));
  if (unknown.length > 0) {
    throw new FailureError(
      'database-newer',
      `The database was changed by a newer version of Interlinks (${unknown.join(', ')})`,
      'Start the newer version again, or restore a backup from before the update.',
    );
  }
  const { error } = await new Migrator({
    db,
    provider: { getMigrations: () => Promise.resolve(migrations) },
    migrationTableName: migrationTable,
    migrationLockTableName: migrationLockTable,
  }).migrateToLatest();
  if (error !== undefined) {
    throw error;
  }
}

async function appliedMigrations(db: Kysely<Schema>): Promise<readonly string[]> {
  const tables = await db.introspection.getTables();
  if (!tables.some(({ name }) => name === migrationTable)) {
    return [];
  }
  const rows = await db
    .withTables<{ [migrationTable]: { name: string } }>()
    .selectFrom(migrationTable)
    .select('name')
    .orderBy('name')
    .execute();
  return rows.map(({ name }) => name);
}
