import type { Kysely, SelectQueryBuilder } from 'kysely';
import type { Identity } from '../domain/identity.ts';
import type { Schema } from './schema.ts';

/** The system's own identity; there is at most one. */
export class IdentityRepository {
  readonly #db: Kysely<Schema>;

  constructor(db: Kysely<Schema>) {
    this.#db = db;
  }

  async load(): Promise<Identity | undefined> {
    return await this.#stored().executeTakeFirst();
  }

  /** Stores the identity unless there is one already. @returns the stored one */
  async create(identity: Identity): Promise<Identity> {
    await this.#db
      .insertInto('system_identity')
      .values({
        singleton: 1,
        id: identity.id,
        public_key: identity.publicKey,
        private_key: identity.privateKey,
        certificate: identity.certificate,
        certificate_key: identity.certificateKey,
      })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
    return await this.#stored().executeTakeFirstOrThrow();
  }

  #stored(): SelectQueryBuilder<Schema, 'system_identity', Identity> {
    return this.#db
      .selectFrom('system_identity')
      .select([
        'id',
        'public_key as publicKey',
        'private_key as privateKey',
        'certificate',
        'certificate_key as certificateKey',
      ]);
  }
}
