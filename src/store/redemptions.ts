import type { Kysely, Selectable } from 'kysely';
import type { InterlinkStore, Redemption } from '../interlinks/interlink-store.ts';
import { addInterlink, forgetRedemption, keyColumns, unlessLinked } from './interlink-changes.ts';
import { peerColumns, sealTrunkSecrets, toInterlink } from './interlink-rows.ts';
import type { InterlinkRow } from './interlink-rows.ts';
import type { RedemptionTable, Schema } from './schema.ts';
import type { SecretBox } from './secret-box.ts';

/** The redeemer's part of the port. */
export function redemptions(
  db: Kysely<Schema>,
  box: SecretBox,
): Pick<
  InterlinkStore,
  'addRedemption' | 'openRedemptions' | 'withdrawnRedemption' | 'completeRedemption' | 'dropRedemption'
> {
  const withInterlinks = db
    .selectFrom('interlinks')
    .innerJoin('redemptions', 'redemptions.interlink_id', 'interlinks.id')
    .selectAll();

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
              proof_key: box.sealBytes('redemptions.proof_key', redemption.id, redemption.proofKey),
              issuer_identity: redemption.issuerIdentity,
              issuer_url: redemption.issuerUrl,
              key_ends_at: redemption.keyEndsAt,
              request: box.sealBytes('redemptions.request', redemption.id, redemption.request),
              ephemeral_key: box.sealBytes(
                'redemptions.ephemeral_key',
                redemption.id,
                redemption.ephemeralKey,
              ),
            })
            .execute();
        }
        return outcome;
      });
    },

    async openRedemptions() {
      const rows = await withInterlinks
        .where('state', '=', 'pairing')
        .orderBy('created_at')
        .orderBy('id')
        .execute();
      return rows.map((row) => Object.assign(toRedemption(box, row), { peer: toInterlink(row).peer }));
    },

    async withdrawnRedemption(id) {
      const row = await withInterlinks
        .where('id', '=', id)
        .where('state', '=', 'tombstone')
        .executeTakeFirst();
      return row === undefined ? undefined : toRedemption(box, row);
    },

    async completeRedemption(id, { peer, trunkKind, secrets }) {
      return await unlessLinked(db, peer, async (trx) => {
        const { numUpdatedRows } = await trx
          .updateTable('interlinks')
          .set({ trunk_kind: trunkKind, ...peerColumns(peer), ...sealTrunkSecrets(box, id, secrets) })
          .where('id', '=', id)
          .where('role', '=', 'redeemer')
          .where('state', '=', 'pairing')
          .executeTakeFirst();
        if (numUpdatedRows === 1n) {
          return 'completed';
        }
        const buried = await trx
          .updateTable('interlinks')
          .set({ ...peerColumns(peer), notice_due: 1 })
          .where('id', '=', id)
          .where('role', '=', 'redeemer')
          .where('state', '=', 'tombstone')
          .where('peer_id', 'is', null)
          .executeTakeFirst();
        if (buried.numUpdatedRows === 1n) await forgetRedemption(trx, id);
        return 'gone';
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

function toRedemption(box: SecretBox, row: InterlinkRow & Selectable<RedemptionTable>): Redemption {
  const { id, name, trunkKind, createdAt } = toInterlink(row);
  return {
    id,
    name,
    trunkKind,
    createdAt,
    proofKey: box.openBytes('redemptions.proof_key', id, row.proof_key),
    issuerIdentity: row.issuer_identity,
    issuerUrl: row.issuer_url,
    keyEndsAt: row.key_ends_at,
    request: box.openBytes('redemptions.request', id, row.request),
    ephemeralKey: box.openBytes('redemptions.ephemeral_key', id, row.ephemeral_key),
  };
}
