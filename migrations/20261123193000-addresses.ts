import { type Kysely, sql } from 'kysely';

/** What a peer was told instead of the configured addresses, kept as long as the interlink. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const column of ['own_url', 'own_trunk_host']) {
    await db.schema.alterTable('interlinks').addColumn(column, 'text').execute();
  }
  await sql`
    update interlinks set own_trunk_host =
      (select trunk_host from issued_pairings where issued_pairings.interlink_id = interlinks.id)
  `.execute(db);
  await db.schema.alterTable('issued_pairings').dropColumn('trunk_host').execute();
}
