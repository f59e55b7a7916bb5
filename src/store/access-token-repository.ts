import type { Kysely, Selectable } from 'kysely';
import type { AccessToken, AccessTokenStore } from '../access/access-token.ts';
import { nameKey } from './name-key.ts';
import type { AccessTokenTable, Schema } from './schema.ts';
import { isUniqueViolation } from './unique-violation.ts';

export class AccessTokenRepository implements AccessTokenStore {
  readonly #db: Kysely<Schema>;

  constructor(db: Kysely<Schema>) {
    this.#db = db;
  }

  async add({ id, kind, name, scope, createdAt, expiresAt }: AccessToken, digest: string): Promise<boolean> {
    try {
      await this.#db
        .insertInto('access_tokens')
        .values({
          id,
          kind,
          name,
          name_key: nameKey(name),
          scope,
          digest,
          created_at: createdAt,
          expires_at: expiresAt ?? null,
          last_used_at: null,
        })
        .execute();
      return true;
    } catch (error) {
      if (isUniqueViolation(error)) return false;
      throw error;
    }
  }

  async find(digest: string): Promise<AccessToken | undefined> {
    const row = await this.#db
      .selectFrom('access_tokens')
      .selectAll()
      .where('digest', '=', digest)
      .executeTakeFirst();
    return row === undefined ? undefined : toToken(row);
  }

  async list(): Promise<readonly AccessToken[]> {
    const rows = await this.#db
      .selectFrom('access_tokens')
      .selectAll()
      .orderBy('created_at')
      .orderBy('id')
      .execute();
    return rows.map(toToken);
  }

  async used(id: string, at: number): Promise<void> {
    await this.#db.updateTable('access_tokens').set({ last_used_at: at }).where('id', '=', id).execute();
  }

  async remove(id: string): Promise<boolean> {
    const { numDeletedRows } = await this.#db
      .deleteFrom('access_tokens')
      .where('id', '=', id)
      .executeTakeFirst();
    return numDeletedRows > 0n;
  }

  async prune(now: number): Promise<void> {
    await this.#db.deleteFrom('access_tokens').where('expires_at', '<=', now).execute();
  }
}

function toToken(row: Selectable<AccessTokenTable>): AccessToken {
  return {
    id: row.id,
    kind: row.kind,
    name: row.name,
    scope: row.scope,
    createdAt: row.created_at,
    expiresAt: row.expires_at ?? undefined,
    lastUsedAt: row.last_used_at ?? undefined,
  };
}
