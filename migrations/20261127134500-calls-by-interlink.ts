import type { Kysely } from 'kysely';

/** For the calls of one interlink, which are counted before it is deleted. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createIndex('calls_interlink_id')
    .on('calls')
    .columns(['interlink_id', 'started_at'])
    .execute();
}
