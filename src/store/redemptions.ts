import type { Kysely } from 'kysely';
import type { InterlinkStore } from '../interlinks/interlink-store.ts';
import { addInterlink, keyColumns, unlessLinked } from './interlink-changes.ts';
import { peerColumns, secretColumns, toInterlink } from './interlink-rows.ts';
import type { Schema } from './schema.ts';

/** The redeemer's part of the port. */
export function redemptions(
  db: Kysely<Schema>,
): Pick<InterlinkStore, 'addRedemption' | 'openRedemptions' | 'completeRedemption' | 'dropRedemption'> {
  return {
    async addRedemption(redemption) {
      return await db.transaction().execute(async (trx) => {
        const outcome = await addInterlink(trx, {
          ...keyColumns(redemption),
          role: 'redeemer',
          state: 'pairing',
        });
        if (outcome === 'added') {
          await trx
            .insertInto('redemptions')
            .values({
              interlink_id: redemption.id,
              proof_key: redemption.proofKey,
              issuer_identity: redemption.issuerIdentity,
              issuer_url: redemption.issuerUrl,
              request: redemption.request,
              ephemeral_key: redemption.ephemeralKey,
            })
            .execute();
        }
        return outcome;
      });
    },

    async openRedemptions() {
      const rows = await db
        .selectFrom('interlinks')
        .innerJoin('redemptions', 'redemptions.interlink_id', 'interlinks.id')
        .selectAll()
        .where('state', '=', 'pairing')
        .orderBy('created_at')
        .orderBy('id')
        .execute();
      return rows.map((row) => {
        const { id, name, trunkKind, createdAt, peer } = toInterlink(row);
        return {
          id,
          name,
          trunkKind,
          createdAt,
          peer,
          proofKey: row.proof_key,
          issuerIdentity: row.issuer_identity,
          issuerUrl: row.issuer_url,
          request: row.request,
          ephemeralKey: row.ephemeral_key,
        };
      });
    },

    async completeRedemption(id, { peer, trunkKind, secrets }) {
      return await unlessLinked(db, peer, async (trx) => {
        const { numUpdatedRows } = await trx
          .updateTable('interlinks')
          .set({ trunk_kind: trunkKind, ...peerColumns(peer), ...secretColumns(secrets) })
          .where('id', '=', id)
          .where('role', '=', 'redeemer')
          .where('state', '=', 'pairing')
          .executeTakeFirst();
        return numUpdatedRows === 1n ? 'completed' : 'gone';
      });
    },

    async dropRedemption(id) {
      await db
        .deleteFrom('interlinks')
        .where('id', '=', id)
        .where('role', '=', 'redeemer')
        .where('state', '=', 'pairing')
        .execute();
    },
  };
}
