import type { Kysely } from 'kysely';

/** What people dial before a number of a linked system to reach that one and no other. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable('interlinks').addColumn('prefix', 'text').execute();
}
