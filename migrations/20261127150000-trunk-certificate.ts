import type { Kysely } from 'kysely';

/** What a peer's Asterisk shows on trunks over TLS. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable('interlinks').addColumn('peer_trunk_certificate', 'text').execute();
}
