import { CompactSign, compactVerify, errors, importJWK, importPKCS8 } from 'jose';
import type { CryptoKey } from 'jose';
import { hash, randomBytes } from 'node:crypto';
import type { Identity } from '../domain/identity.ts';
import type { RequestClaims, ResponseClaims, TokenType, UnverifiedToken } from './token-format.ts';
import { assertClaims } from './token-format.ts';

const algorithm = 'Ed25519';

/** SHA-256 of a raw body, base64url: the claim `bsh`. */
export function bodyHash(body: Uint8Array): string {
  return hash('sha256', body, 'base64url');
}

/** A fresh `jti`: 128 random bits. */
export function newTokenId(): string {
  return randomBytes(16).toString('base64url');
}

/** Signs tokens (compact JWS, RFC 7515; Ed25519 as in RFC 9864) with the system's own key. */
export class TokenSigner {
  readonly #id: string;
  readonly #key: Promise<CryptoKey>;

  constructor(identity: Pick<Identity, 'id' | 'privateKey'>) {
    this.#id = identity.id;
    this.#key = importPKCS8(identity.privateKey, algorithm);
    // Reported where the key is used.
    this.#key.catch(() => undefined);
  }

  async signRequest(claims: RequestClaims): Promise<string> {
    return await this.#sign('interlink-req+jwt', claims);
  }

  async signResponse(claims: ResponseClaims): Promise<string> {
    return await this.#sign('interlink-res+jwt', claims);
  }

  async #sign(typ: TokenType, claims: RequestClaims | ResponseClaims): Promise<string> {
    assertClaims(typ, claims);
    return await new CompactSign(Buffer.from(JSON.stringify(claims)))
      .setProtectedHeader({ alg: algorithm, typ, kid: this.#id })
      .sign(await this.#key);
  }
}

const maxCachedKeys = 2000;

/** Verifies signatures of tokens. Keeps the imported keys of the peers it meets. */
export class TokenVerifier {
  readonly #keys = new Map<string, Promise<CryptoKey | Uint8Array>>();

  /** @param publicKey raw Ed25519 key, base64url, found safe when its holder was linked */
  async isSignedBy(token: UnverifiedToken<unknown>, publicKey: string): Promise<boolean> {
    try {
      await compactVerify(token.raw, await this.#keyOf(publicKey), { algorithms: [algorithm] });
      return true;
    } catch (error) {
      if (error instanceof errors.JOSEError) return false;
      throw error;
    }
  }

  async #keyOf(publicKey: string): Promise<CryptoKey | Uint8Array> {
    let key = this.#keys.get(publicKey);
    if (key === undefined) {
      if (this.#keys.size >= maxCachedKeys) this.#keys.clear();
      key = importJWK({ kty: 'OKP', crv: 'Ed25519', x: publicKey }, algorithm);
      this.#keys.set(publicKey, key);
    }
    return await key;
  }
}
