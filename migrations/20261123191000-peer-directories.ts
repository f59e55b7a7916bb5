import type { Kysely } from 'kysely';

/** What each peer shares, as it last arrived: one row an interlink, the numbers as JSON. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('peer_directories')
    .addColumn('interlink_id', 'text', (column) =>
      column.primaryKey().notNull().references('interlinks.id').onDelete('cascade'),
    )
    .addColumn('revision', 'text', (column) => column.notNull())
    .addColumn('received_at', 'bigint', (column) => column.notNull())
    .addColumn('numbers', 'text', (column) => column.notNull())
    .execute();
}
