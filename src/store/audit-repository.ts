import type { Kysely } from 'kysely';
import type { AuditEntry, AuditStore } from '../access/audit-log.ts';
import { inBatches } from './in-batches.ts';
import type { Schema } from './schema.ts';

export class AuditRepository implements AuditStore {
  readonly #db: Kysely<Schema>;

  constructor(db: Kysely<Schema>) {
    this.#db = db;
  }

  async add({ failure, ...entry }: AuditEntry): Promise<void> {
    await this.#db
      .insertInto('audit_log')
      .values({ ...entry, failure: failure ?? null })
      .execute();
  }

  async list(since: number, limit: number): Promise<readonly AuditEntry[]> {
    const rows = await this.#db
      .selectFrom('audit_log')
      .selectAll()
      .where('at', '>=', since)
      .orderBy('at', 'desc')
      .orderBy('id', 'desc')
      .limit(limit)
      .execute();
    return rows.map(({ id, at, who, action, subject, failure }) => ({
      id,
      at,
      who,
      action,
      subject,
      failure: failure ?? undefined,
    }));
  }

  /** Removes what was done before a time. @param before milliseconds since the epoch */
  async prune(before: number): Promise<void> {
    const old = this.#db.selectFrom('audit_log').select('id').where('at', '<', before).orderBy('at');
    await inBatches((most) =>
      this.#db.deleteFrom('audit_log').where('id', 'in', old.limit(most)).executeTakeFirstOrThrow(),
    );
  }
}
