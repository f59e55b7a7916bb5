import type { Kysely } from 'kysely';
import type { InterlinkStore } from '../interlinks/interlink-store.ts';
import { markChange } from './change-marks.ts';
import { forgetRedemption } from './interlink-changes.ts';
import { openTrunkSecrets, toInterlink } from './interlink-rows.ts';
import { interlinkEnds } from './interlink-ends.ts';
import { issuedKeys } from './issued-keys.ts';
import { nameKey } from './name-key.ts';
import { redemptions } from './redemptions.ts';
import type { Schema } from './schema.ts';
import type { SecretBox } from './secret-box.ts';
import { isUniqueViolation } from './unique-violation.ts';

/**
 * The port in SQL. Every change is decided by the database, so that concurrent callers need no lock of their own.
 * `find` gives tombstones as well; redeeming an unknown or deleted key finds it `used`.
 */
export function interlinkRepository(db: Kysely<Schema>, box: SecretBox): InterlinkStore {
  return { ...interlinks(db, box), ...interlinkEnds(db), ...issuedKeys(db, box), ...redemptions(db, box) };
}

/** The part of the port that is the same for issuer and redeemer. */
function interlinks(
  db: Kysely<Schema>,
  box: SecretBox,
): Pick<InterlinkStore, 'list' | 'find' | 'secrets' | 'activate' | 'rename' | 'setPrefix' | 'movePeer'> {
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
        await forgetRedemption(trx, id);
        // A system that is linked anew has no other interlink with this one any more.
        await trx
          .updateTable('interlinks')
          .set({ notice_due: 0 })
          .where('state', '=', 'tombstone')
          .where('peer_id', '=', (row) => row.selectFrom('interlinks').select('peer_id').where('id', '=', id))
          .execute();
        await markChange(trx, now);
        return true;
      });
    },

    async movePeer(id, { url, certificate, trunk }) {
      await db
        .updateTable('interlinks')
        .set({
          peer_url: url,
          peer_certificate: certificate,
          peer_trunk_host: trunk.host,
          peer_trunk_port: trunk.port,
          peer_trunk_certificate: trunk.certificate ?? null,
        })
        .where('id', '=', id)
        .where('state', '=', 'active')
        .execute();
    },

    async setPrefix(id, prefix) {
      const { numUpdatedRows } = await db
        .updateTable('interlinks')
        .set({ prefix: prefix ?? null })
        .where('id', '=', id)
        .where('state', '!=', 'tombstone')
        .executeTakeFirst();
      return numUpdatedRows === 1n;
    },

    async rename(id, name) {
      try {
        const { numUpdatedRows } = await db
          .updateTable('interlinks')
          .set({ name, name_key: nameKey(name) })
          .where('id', '=', id)
          .where('state', '!=', 'tombstone')
          .executeTakeFirst();
        return numUpdatedRows === 1n ? 'renamed' : 'not-found';
      } catch (error) {
        if (isUniqueViolation(error)) {
          return 'name-taken';
        }
        throw error;
      }
    },
  };
}
