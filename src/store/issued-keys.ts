import type { Kysely, Transaction } from 'kysely';
import type { InterlinkStore } from '../interlinks/interlink-store.ts';
import { markChange } from './change-marks.ts';
import { addInterlink, keyColumns, unlessLinked } from './interlink-changes.ts';
import { peerColumns, sealTrunkSecrets, toInterlink } from './interlink-rows.ts';
import type { Schema } from './schema.ts';
import type { SecretBox } from './secret-box.ts';

/** The issuer's part of the port. */
export function issuedKeys(
  db: Kysely<Schema>,
  box: SecretBox,
): Pick<InterlinkStore, 'addIssuedKey' | 'issuedPairing' | 'redeem'> {
  return {
    async addIssuedKey(key) {
      return await db.transaction().execute(async (trx) => {
        const outcome = await addInterlink(trx, {
          ...keyColumns(key),
          role: 'issuer',
          state: 'key-ready',
          expires_at: key.expiresAt,
          own_url: key.ownAddress.url ?? null,
          own_trunk_host: key.ownAddress.trunkHost ?? null,
        });
        if (outcome === 'key-known') {
          throw new Error(`interlink id ${key.id} was issued before`);
        }
        if (outcome === 'added') {
          await trx
            .insertInto('issued_pairings')
            .values({
              interlink_id: key.id,
              proof_key: box.sealBytes('issued_pairings.proof_key', key.id, key.proofKey),
            })
            .execute();
        }
        return outcome;
      });
    },

    async issuedPairing(id) {
      const row = await db
        .selectFrom('interlinks')
        .innerJoin('issued_pairings', 'issued_pairings.interlink_id', 'interlinks.id')
        .selectAll()
        .where('interlinks.id', '=', id)
        .executeTakeFirst();
      if (row === undefined) {
        return undefined;
      }
      const { request, response } = row;
      return {
        interlink: toInterlink(row),
        proofKey: box.openBytes('issued_pairings.proof_key', id, row.proof_key),
        exchange:
          request === null || response === null
            ? undefined
            : {
                request: box.openBytes('issued_pairings.request', id, request),
                response: box.openBytes('issued_pairings.response', id, response),
              },
      };
    },

    async redeem(id, { now, peer, secrets, request, response }) {
      return await unlessLinked(db, peer, async (trx) => {
        const { numUpdatedRows } = await trx
          .updateTable('interlinks')
          .set({ state: 'pairing', ...peerColumns(peer), ...sealTrunkSecrets(box, id, secrets) })
          .where('id', '=', id)
          .where('state', '=', 'key-ready')
          .where('issued_before_restore', '=', 0)
          .where('expires_at', '>', now)
          .executeTakeFirst();
        if (numUpdatedRows === 0n) {
          return { kind: (await isUnredeemed(trx, id)) ? 'expired' : 'used' };
        }
        await trx
          .updateTable('issued_pairings')
          .set({
            request: box.sealBytes('issued_pairings.request', id, request),
            response: box.sealBytes('issued_pairings.response', id, response),
          })
          .where('interlink_id', '=', id)
          .execute();
        await markChange(trx, now);
        return { kind: 'redeemed' };
      });
    },
  };
}

async function isUnredeemed(trx: Transaction<Schema>, id: string): Promise<boolean> {
  const row = await trx
    .selectFrom('interlinks')
    .select('id')
    .where('id', '=', id)
    .where('state', '=', 'key-ready')
    .where('issued_before_restore', '=', 0)
    .executeTakeFirst();
  return row !== undefined;
}
