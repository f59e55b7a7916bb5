import type { Kysely } from 'kysely';

/** What is still to be done about a tombstone, 1 or 0: clean up in Asterisk, tell the peer. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const column of ['clean_up_due', 'notice_due']) {
    await db.schema
      .alterTable('interlinks')
      .addColumn(column, 'integer', (definition) => definition.notNull().defaultTo(0))
      .execute();
  }
}
