import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

const algorithm = 'aes-256-gcm';
const nonceBytes = 12;
const tagBytes = 16;
/** Says how the rest is to be read; another way gets another prefix. */
const sealedPrefix = 'sealed1:';

/** The columns that hold secrets, and the column that names their row. */
export const secretColumns = {
  'system_identity.private_key': 'singleton',
  'system_identity.certificate_key': 'singleton',
  'interlinks.inbound_secret': 'id',
  'interlinks.outbound_secret': 'id',
  'issued_pairings.proof_key': 'interlink_id',
  'issued_pairings.request': 'interlink_id',
  'issued_pairings.response': 'interlink_id',
  'redemptions.proof_key': 'interlink_id',
  'redemptions.request': 'interlink_id',
  'redemptions.ephemeral_key': 'interlink_id',
} as const;

/** Where a sealed value stands: `table.column`. */
export type SecretColumn = keyof typeof secretColumns | 'secret_key.proof';

/**
 * Seals what must not be read in a copy of the database: AES-256-GCM with a random nonce. Table, column and row are
 * authenticated with the value, so that a value put in the place of another does not open.
 */
export class SecretBox {
  readonly #key: Uint8Array;

  /** @param key 32 bytes, kept outside the database */
  constructor(key: Uint8Array) {
    this.#key = key;
  }

  /** @returns printable ASCII */
  sealText(column: SecretColumn, row: string, value: string): string {
    return this.#seal(column, row, Buffer.from(value));
  }

  /** @throws Error when the value was not sealed with this key for this place */
  openText(column: SecretColumn, row: string, sealed: string): string {
    return this.#open(column, row, sealed).toString();
  }

  /** @returns the same as `sealText`, in bytes */
  sealBytes(column: SecretColumn, row: string, value: Uint8Array): Uint8Array {
    return new Uint8Array(Buffer.from(this.#seal(column, row, value)));
  }

  /** @throws Error when the value was not sealed with this key for this place */
  openBytes(column: SecretColumn, row: string, sealed: Uint8Array): Uint8Array {
    return new Uint8Array(this.#open(column, row, Buffer.from(sealed).toString('latin1')));
  }

  #seal(column: SecretColumn, row: string, value: Uint8Array): string {
    const nonce = randomBytes(nonceBytes);
    const cipher = createCipheriv(algorithm, this.#key, nonce).setAAD(placeOf(column, row));
    const sealed = Buffer.concat([nonce, cipher.update(value), cipher.final(), cipher.getAuthTag()]);
    return `${sealedPrefix}${sealed.toString('base64url')}`;
  }

  #open(column: SecretColumn, row: string, text: string): Buffer {
    try {
      if (!text.startsWith(sealedPrefix)) throw new Error('it is not sealed');
      const sealed = Buffer.from(text.slice(sealedPrefix.length), 'base64url');
      const decipher = createDecipheriv(algorithm, this.#key, sealed.subarray(0, nonceBytes), {
        authTagLength: tagBytes,
      });
      decipher.setAAD(placeOf(column, row)).setAuthTag(sealed.subarray(-tagBytes));
      return Buffer.concat([decipher.update(sealed.subarray(nonceBytes, -tagBytes)), decipher.final()]);
    } catch (error) {
      throw new Error(`${column} of ${row} does not open: the database was changed from outside`, {
        cause: error,
      });
    }
  }
}

/** No table or column name has a colon or a dot. */
function placeOf(column: SecretColumn, row: string): Buffer {
  return Buffer.from(`${column}:${row}`);
}
