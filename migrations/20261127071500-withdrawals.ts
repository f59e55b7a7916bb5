import type { Kysely } from 'kysely';

/** Until when the issuer may accept what was deleted here before it answered, see DeletionNotices. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .alterTable('redemptions')
    .addColumn('key_ends_at', 'bigint', (column) => column.notNull().defaultTo(0))
    .execute();
}
