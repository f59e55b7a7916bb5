import type { Kysely } from 'kysely';
import { inBatches } from './in-batches.ts';
import type { Schema } from './schema.ts';

/** The ids of signed requests that changed state, so that none is obeyed twice. */
export class SeenRequests {
  readonly #db: Kysely<Schema>;

  constructor(db: Kysely<Schema>) {
    this.#db = db;
  }

  /**
   * @param expiresAt milliseconds since the epoch; from then on the id may be forgotten
   * @returns false when the id was seen before
   */
  async remember(jti: string, expiresAt: number): Promise<boolean> {
    const { numInsertedOrUpdatedRows } = await this.#db
      .insertInto('seen_requests')
      .values({ jti, expires_at: expiresAt })
      .onConflict((conflict) => conflict.doNothing())
      .executeTakeFirst();
    return numInsertedOrUpdatedRows === 1n;
  }

  /** Forgets what expired at or before `now`. */
  async prune(now: number): Promise<void> {
    const expired = this.#db.selectFrom('seen_requests').select('jti').where('expires_at', '<=', now);
    await inBatches((most) =>
      this.#db.deleteFrom('seen_requests').where('jti', 'in', expired.limit(most)).executeTakeFirstOrThrow(),
    );
  }
}
