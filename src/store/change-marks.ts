import { randomBytes } from 'node:crypto';
import type { Kysely, Transaction } from 'kysely';
import type { HistoryStore } from '../interlinks/history-store.ts';
import { toInterlink } from './interlink-rows.ts';
import { MarkFile } from './mark-file.ts';
import type { Schema } from './schema.ts';

/** Marks a change in its own transaction. */
export async function markChange(trx: Transaction<Schema>, now: number): Promise<void> {
  const latest = await latestMark(trx);
  const madeAt = Math.max(now, (latest?.madeAt ?? 0) + 1);
  const tag = randomBytes(16).toString('base64url');
  await trx.insertInto('change_marks').values({ tag, made_at: madeAt }).execute();
}

/** The port in SQL, and a file in the data directory. */
export function historyRepository(db: Kysely<Schema>, dataDir: string): HistoryStore {
  const file = new MarkFile(dataDir);
  return {
    latestMark: async () => await latestMark(db),

    async adoptMark({ tag, madeAt }) {
      return await db.transaction().execute(async (trx) => {
        const { numInsertedOrUpdatedRows } = await trx
          .insertInto('change_marks')
          .values({ tag, made_at: madeAt })
          .onConflict((conflict) => conflict.doNothing())
          .executeTakeFirst();
        if (numInsertedOrUpdatedRows !== 1n) return undefined;
        const rows = await trx
          .updateTable('interlinks')
          .set({ issued_before_restore: 1 })
          .where('state', '=', 'key-ready')
          .where('issued_before_restore', '=', 0)
          .where('created_at', '<=', madeAt)
          .returningAll()
          .execute();
        return rows.map(toInterlink);
      });
    },

    async peerMarks() {
      const rows = await db
        .selectFrom('interlinks')
        .select(['id', 'peer_mark'])
        .where('state', '!=', 'tombstone')
        .where('peer_mark', 'is not', null)
        .$narrowType<{ peer_mark: string }>()
        .execute();
      return new Map(rows.map(({ id, peer_mark }) => [id, peer_mark]));
    },

    async rememberPeerMark(id, sealed) {
      await db.updateTable('interlinks').set({ peer_mark: sealed }).where('id', '=', id).execute();
    },

    notedMark: async () => await file.read(),
    noteMark: async (sealed) => await file.write(sealed),
  };
}

async function latestMark(db: Kysely<Schema>): ReturnType<HistoryStore['latestMark']> {
  return await db
    .selectFrom('change_marks')
    .select(['tag', 'made_at as madeAt'])
    .orderBy('made_at', 'desc')
    // With PostgreSQL two changes may be made in one moment.
    .orderBy('tag')
    .limit(1)
    .executeTakeFirst();
}
