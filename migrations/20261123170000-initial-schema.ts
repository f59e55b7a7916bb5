import { type Kysely, PostgresAdapter, sql } from 'kysely';

/** Creates every table. Times are milliseconds since the epoch; names of states and the like are plain text. */
export async function up(db: Kysely<unknown>): Promise<void> {
  const bytes = db.getExecutor().adapter instanceof PostgresAdapter ? sql`bytea` : sql`blob`;

  await db.schema
    .createTable('system_identity')
    .addColumn('singleton', 'integer', (column) => column.primaryKey().check(sql`singleton = 1`))
    .addColumn('id', 'text', (column) => column.notNull())
    .addColumn('public_key', 'text', (column) => column.notNull())
    .addColumn('private_key', 'text', (column) => column.notNull())
    .addColumn('certificate', 'text', (column) => column.notNull())
    .addColumn('certificate_key', 'text', (column) => column.notNull())
    .execute();

  await db.schema
    .createTable('interlinks')
    .addColumn('id', 'text', (column) => column.primaryKey().notNull())
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('name_key', 'text', (column) => column.notNull())
    .addColumn('role', 'text', (column) => column.notNull())
    .addColumn('state', 'text', (column) => column.notNull())
    .addColumn('trunk_kind', 'text', (column) => column.notNull())
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addColumn('expires_at', 'bigint')
    .addColumn('activated_at', 'bigint')
    .addColumn('buried_at', 'bigint')
    .addColumn('peer_id', 'text')
    .addColumn('peer_name', 'text')
    .addColumn('peer_public_key', 'text')
    .addColumn('peer_url', 'text')
    .addColumn('peer_certificate', 'text')
    .addColumn('peer_trunk_kind', 'text')
    .addColumn('peer_trunk_host', 'text')
    .addColumn('peer_trunk_port', 'integer')
    .addColumn('inbound_secret', 'text')
    .addColumn('outbound_secret', 'text')
    .execute();
  for (const column of ['name_key', 'peer_id']) {
    await db.schema
      .createIndex(`interlinks_live_${column}`)
      .unique()
      .on('interlinks')
      .column(column)
      .where(sql.ref('state'), '!=', sql.lit('tombstone'))
      .execute();
  }

  await db.schema
    .createTable('issued_pairings')
    .addColumn('interlink_id', 'text', (column) =>
      column.primaryKey().notNull().references('interlinks.id').onDelete('cascade'),
    )
    .addColumn('proof_key', bytes, (column) => column.notNull())
    .addColumn('trunk_host', 'text')
    .addColumn('request', bytes)
    .addColumn('response', bytes)
    .execute();

  await db.schema
    .createTable('redemptions')
    .addColumn('interlink_id', 'text', (column) =>
      column.primaryKey().notNull().references('interlinks.id').onDelete('cascade'),
    )
    .addColumn('proof_key', bytes, (column) => column.notNull())
    .addColumn('issuer_identity', bytes, (column) => column.notNull())
    .addColumn('issuer_url', 'text', (column) => column.notNull())
    .addColumn('request', bytes, (column) => column.notNull())
    .addColumn('ephemeral_key', bytes, (column) => column.notNull())
    .execute();

  await db.schema
    .createTable('calls')
    .addColumn('call_id', 'text', (column) => column.notNull())
    .addColumn('direction', 'text', (column) => column.notNull())
    .addColumn('interlink_id', 'text')
    .addColumn('caller', 'text')
    .addColumn('dialed', 'text', (column) => column.notNull())
    .addColumn('channel', 'text', (column) => column.notNull())
    .addColumn('started_at', 'bigint', (column) => column.notNull())
    .addColumn('ringing_at', 'bigint')
    .addColumn('answered_at', 'bigint')
    .addColumn('ended_at', 'bigint')
    .addColumn('cause', 'integer')
    .addColumn('outcome', 'text')
    .addPrimaryKeyConstraint('calls_key', ['call_id', 'direction', 'channel'])
    .execute();
  await db.schema.createIndex('calls_started_at').on('calls').column('started_at').execute();
  await db.schema
    .createIndex('calls_open')
    .on('calls')
    .column('started_at')
    .where(sql.ref('ended_at'), 'is', null)
    .execute();

  await db.schema
    .createTable('seen_requests')
    .addColumn('jti', 'text', (column) => column.primaryKey().notNull())
    .addColumn('expires_at', 'bigint', (column) => column.notNull())
    .execute();
  await db.schema.createIndex('seen_requests_expires_at').on('seen_requests').column('expires_at').execute();
}
