import type { Kysely } from 'kysely';

/** What tells a database that was restored from an older backup. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('change_marks')
    .addColumn('tag', 'text', (column) => column.primaryKey())
    .addColumn('made_at', 'bigint', (column) => column.notNull())
    .execute();
  await db.schema.alterTable('interlinks').addColumn('peer_mark', 'text').execute();
  await db.schema
    .alterTable('interlinks')
    .addColumn('issued_before_restore', 'integer', (column) => column.notNull().defaultTo(0))
    .execute();
}
