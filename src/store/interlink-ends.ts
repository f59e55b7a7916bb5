import { type Kysely, sql } from 'kysely';
import type { InterlinkStore } from '../interlinks/interlink-store.ts';
import { markChange } from './change-marks.ts';
import { forgetRedemption } from './interlink-changes.ts';
import { toInterlink } from './interlink-rows.ts';
import type { Schema } from './schema.ts';

/** The part of the port that is about the end of an interlink. */
export function interlinkEnds(
  db: Kysely<Schema>,
): Pick<InterlinkStore, 'bury' | 'unfinishedEnds' | 'markCleanedUp' | 'markPeerTold'> {
  const done = async (
    id: string,
    flag: { clean_up_due: 0 } | { notice_due: 0 },
    within: Kysely<Schema> = db,
  ): Promise<void> => {
    await within
      .updateTable('interlinks')
      .set(flag)
      .where('id', '=', id)
      .where('state', '=', 'tombstone')
      .execute();
  };

  return {
    async bury(id, now, { tellPeer }) {
      return await db.transaction().execute(async (trx) => {
        const { numUpdatedRows } = await trx
          .updateTable('interlinks')
          .set({
            state: 'tombstone',
            buried_at: now,
            inbound_secret: null,
            outbound_secret: null,
            clean_up_due: sql<0 | 1>`case when peer_id is null then 0 else 1 end`,
            ...(tellPeer && { notice_due: noticeDue }),
          })
          .where('id', '=', id)
          .where('state', '!=', 'tombstone')
          .executeTakeFirst();
        if (numUpdatedRows === 1n) await markChange(trx, now);
        await trx.deleteFrom('issued_pairings').where('interlink_id', '=', id).execute();
        await trx.deleteFrom('peer_directories').where('interlink_id', '=', id).execute();
        const row = await trx
          .selectFrom('interlinks')
          .select(['peer_id', 'notice_due'])
          .where('id', '=', id)
          .executeTakeFirst();
        const issuerSought = row?.peer_id === null && row.notice_due === 1;
        if (!issuerSought) await forgetRedemption(trx, id);
        return row !== undefined;
      });
    },

    async unfinishedEnds() {
      const rows = await db
        .selectFrom('interlinks')
        .selectAll()
        .where('state', '=', 'tombstone')
        .where((row) => row.or([row('clean_up_due', '=', 1), row('notice_due', '=', 1)]))
        .orderBy('buried_at')
        .orderBy('id')
        .execute();
      return rows.map((row) => ({
        interlink: toInterlink(row),
        endedAt: row.buried_at ?? row.created_at,
        cleanUpDue: row.clean_up_due === 1,
        noticeDue: row.notice_due === 1,
      }));
    },

    async markCleanedUp(id) {
      await done(id, { clean_up_due: 0 });
    },

    async markPeerTold(id) {
      await db.transaction().execute(async (trx) => {
        await done(id, { notice_due: 0 }, trx);
        await forgetRedemption(trx, id);
      });
    },
  };
}

const noticeDue = sql<0 | 1>`case
  when peer_id is null and role = 'issuer' then 0
  when role = 'issuer' and state = 'pairing' then 0
  else 1 end`;
