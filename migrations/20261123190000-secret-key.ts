import { type Kysely, sql } from 'kysely';

/** A proof of the key that the secrets are sealed with; one row. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('secret_key')
    .addColumn('singleton', 'integer', (column) => column.primaryKey().check(sql`singleton = 1`))
    .addColumn('proof', 'text', (column) => column.notNull())
    .execute();
}
