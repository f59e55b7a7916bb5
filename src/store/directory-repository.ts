import type { Kysely } from 'kysely';
import type { SharedNumber } from '../domain/directory.ts';
import type { DirectoryStore, StoredDirectory } from '../interlinks/directory-store.ts';
import type { Schema } from './schema.ts';

/**
 * The peers' directories, each in one row: they are looked up in memory alone, and a row is written in one go where
 * thousands would keep the database, and with SQLite the whole service, busy.
 */
export class DirectoryRepository implements DirectoryStore {
  readonly #db: Kysely<Schema>;

  constructor(db: Kysely<Schema>) {
    this.#db = db;
  }

  async list(): Promise<ReadonlyMap<string, StoredDirectory>> {
    const rows = await this.#db
      .selectFrom('peer_directories')
      .innerJoin('interlinks', 'interlinks.id', 'peer_directories.interlink_id')
      .select(['interlink_id', 'revision', 'received_at', 'numbers'])
      .where('state', '=', 'active')
      .execute();
    return new Map(
      rows.map(({ interlink_id, revision, received_at, numbers }) => [
        interlink_id,
        { revision, receivedAt: received_at, numbers: fromJson(numbers) },
      ]),
    );
  }

  async replace(interlinkId: string, directory: StoredDirectory): Promise<boolean> {
    const row = {
      revision: directory.revision,
      received_at: directory.receivedAt,
      numbers: toJson(directory.numbers),
    };
    return await this.#db.transaction().execute(async (trx) => {
      // Locks the interlink: whoever deletes it at the same time deletes the directory afterwards.
      const { numUpdatedRows } = await trx
        .updateTable('interlinks')
        .set({ state: 'active' })
        .where('id', '=', interlinkId)
        .where('state', '=', 'active')
        .executeTakeFirst();
      if (numUpdatedRows === 0n) return false;
      await trx
        .insertInto('peer_directories')
        .values({ interlink_id: interlinkId, ...row })
        .onConflict((conflict) => conflict.column('interlink_id').doUpdateSet(row))
        .execute();
      return true;
    });
  }
}

function toJson(numbers: readonly SharedNumber[]): string {
  return JSON.stringify(numbers.map(({ number, name }) => (name === undefined ? [number] : [number, name])));
}

function fromJson(text: string): readonly SharedNumber[] {
  return (JSON.parse(text) as readonly [string, string?][]).map(([number, name]) => ({ number, name }));
}
