import type { Kysely, SelectQueryBuilder } from 'kysely';
import type { Identity } from '../domain/identity.ts';
import type { Schema } from './schema.ts';
import type { SecretBox } from './secret-box.ts';

const identityRow = '1';

/** The system's own identity; there is at most one. */
export class IdentityRepository {
  readonly #db: Kysely<Schema>;
  readonly #box: SecretBox;

  constructor(db: Kysely<Schema>, box: SecretBox) {
    this.#db = db;
    this.#box = box;
  }

  async load(): Promise<Identity | undefined> {
    const stored = await this.#stored().executeTakeFirst();
    return stored === undefined ? undefined : this.#open(stored);
  }

  /** Stores the identity unless there is one already. @returns the stored one */
  async create(identity: Identity): Promise<Identity> {
    await this.#db
      .insertInto('system_identity')
      .values({
        singleton: 1,
        id: identity.id,
        public_key: identity.publicKey,
        private_key: this.#box.sealText('system_identity.private_key', identityRow, identity.privateKey),
        certificate: identity.certificate,
        certificate_key: this.#box.sealText(
          'system_identity.certificate_key',
          identityRow,
          identity.certificateKey,
        ),
      })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
    return this.#open(await this.#stored().executeTakeFirstOrThrow());
  }

  /** The certificate for other addresses; its key stays. */
  async replaceCertificate(certificate: string): Promise<void> {
    await this.#db.updateTable('system_identity').set({ certificate }).execute();
  }

  #open(sealed: Identity): Identity {
    return {
      ...sealed,
      privateKey: this.#box.openText('system_identity.private_key', identityRow, sealed.privateKey),
      certificateKey: this.#box.openText(
        'system_identity.certificate_key',
        identityRow,
        sealed.certificateKey,
      ),
    };
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
