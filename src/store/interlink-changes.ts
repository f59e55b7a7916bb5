import type { Insertable, Kysely, Transaction } from 'kysely';
import type { Peer } from '../domain/interlink.ts';
import type { AlreadyLinked, IssuedKey, Redemption } from '../interlinks/interlink-store.ts';
import { nameKey } from './name-key.ts';
import type { InterlinkTable, Schema } from './schema.ts';
import { isUniqueViolation } from './unique-violation.ts';

/** The columns that an issued and an entered key fill alike. */
export function keyColumns(
  key: IssuedKey | Redemption,
): Pick<Insertable<InterlinkTable>, 'id' | 'name' | 'name_key' | 'trunk_kind' | 'created_at'> {
  return {
    id: key.id,
    name: key.name,
    name_key: nameKey(key.name),
    trunk_kind: key.trunkKind,
    created_at: key.createdAt,
  };
}

/** Adds the interlink unless its id was ever used, or a live one has its name. */
export async function addInterlink(
  trx: Transaction<Schema>,
  row: Insertable<InterlinkTable>,
): Promise<'added' | 'name-taken' | 'key-known'> {
  const { numInsertedOrUpdatedRows } = await trx
    .insertInto('interlinks')
    .values(row)
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  if (numInsertedOrUpdatedRows === 1n) {
    return 'added';
  }
  const known = await trx.selectFrom('interlinks').select('id').where('id', '=', row.id).executeTakeFirst();
  return known === undefined ? 'name-taken' : 'key-known';
}

/** Erases what the redeemer needed for the pairing. */
export async function forgetRedemption(trx: Transaction<Schema>, id: string): Promise<void> {
  await trx.deleteFrom('redemptions').where('interlink_id', '=', id).execute();
}

/** Runs the change that sets the peer in a transaction; none of it happens when the peer is linked already. */
export async function unlessLinked<T>(
  db: Kysely<Schema>,
  peer: Peer,
  change: (trx: Transaction<Schema>) => Promise<T>,
): Promise<T | AlreadyLinked> {
  try {
    return await db.transaction().execute(change);
  } catch (error) {
    const linked = isUniqueViolation(error) ? await linkedWith(db, peer) : undefined;
    if (linked === undefined) {
      throw error;
    }
    return { kind: 'already-linked', ...linked };
  }
}

async function linkedWith(
  db: Kysely<Schema>,
  peer: Peer,
): Promise<Pick<AlreadyLinked, 'id' | 'name'> | undefined> {
  return await db
    .selectFrom('interlinks')
    .select(['id', 'name'])
    .where('peer_id', '=', peer.id)
    .where('state', '!=', 'tombstone')
    .executeTakeFirst();
}
