import type { Kysely } from 'kysely';
import type { InterlinkStore } from '../interlinks/interlink-store.ts';
import { openTrunkSecrets, toInterlink } from './interlink-rows.ts';
import { issuedKeys } from './issued-keys.ts';
import { redemptions } from './redemptions.ts';
import type { Schema } from './schema.ts';
import type { SecretBox } from './secret-box.ts';

/**
 * The port in SQL. Every change is decided by the database, so that concurrent callers need no lock of their own.
 * `find` gives tombstones as well; redeeming an unknown or deleted key finds it `used`.
 */
export function interlinkRepository(db: Kysely<Schema>, box: SecretBox): InterlinkStore {
  return { ...interlinks(db, box), ...issuedKeys(db, box), ...redemptions(db, box) };
}

/** The part of the port that is the same for issuer and redeemer. */
function interlinks(
  db: Kysely<Schema>,
  box: SecretBox,
): Pick<InterlinkStore, 'list' | 'find' | 'secrets' | 'activate' | 'bury'> {
  return {
    async list() {
      const rows = await db
        .selectFrom('interlinks')
        .selectAll()
        .where('state', '!=', 'tombstone')
        .orderBy('created_at')
        .orderBy('id')
        .execute();
      return rows.map(toInterlink);
    },

    async find(id) {
      const row = await db.selectFrom('interlinks').selectAll().where('id', '=', id).executeTakeFirst();
      return row === undefined ? undefined : toInterlink(row);
    },

    async secrets(id) {
      const row = await db
        .selectFrom('interlinks')
        .select(['inbound_secret', 'outbound_secret'])
        .where('id', '=', id)
        .where('inbound_secret', 'is not', null)
        .$narrowType<{ inbound_secret: string; outbound_secret: string }>()
        .executeTakeFirst();
      return row === undefined ? undefined : openTrunkSecrets(box, id, row);
    },

    async activate(id, now) {
      return await db.transaction().execute(async (trx) => {
        const { numUpdatedRows } = await trx
          .updateTable('interlinks')
          .set({ state: 'active', activated_at: now })
          .where('id', '=', id)
          .where('state', '=', 'pairing')
          .where('peer_id', 'is not', null)
          .executeTakeFirst();
        if (numUpdatedRows === 0n) {
          return false;
        }
        await trx.deleteFrom('redemptions').where('interlink_id', '=', id).execute();
        return true;
      });
    },

    async bury(id, now) {
      return await db.transaction().execute(async (trx) => {
        const { numUpdatedRows } = await trx
          .updateTable('interlinks')
          .set((row) => ({
            state: 'tombstone',
            buried_at: row.fn.coalesce('buried_at', row.val(now)),
            inbound_secret: null,
            outbound_secret: null,
          }))
          .where('id', '=', id)
          .executeTakeFirst();
        await trx.deleteFrom('issued_pairings').where('interlink_id', '=', id).execute();
        await trx.deleteFrom('redemptions').where('interlink_id', '=', id).execute();
        await trx.deleteFrom('peer_directories').where('interlink_id', '=', id).execute();
        return numUpdatedRows === 1n;
      });
    },
  };
}
