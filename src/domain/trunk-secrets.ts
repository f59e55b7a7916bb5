import { createHash, createPrivateKey, createPublicKey, diffieHellman, hkdfSync } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import type { InterlinkRole, TrunkSecrets } from './interlink.ts';

/** RFC 8410: what stands before the 32 bytes of an X25519 private key in PKCS #8 DER. */
const pkcs8Head = Buffer.from('302e020100300506032b656e04220420', 'hex');

/** @param seed 32 random bytes; @returns the X25519 private key made of them, PKCS #8 DER */
export function ephemeralKeyFrom(seed: Uint8Array): Uint8Array {
  return Buffer.concat([pkcs8Head, seed]);
}

/** @param privateKey PKCS #8 DER; @returns the raw X25519 public key, base64url */
export function ephemeralPublicKey(privateKey: Uint8Array): string {
  return createPublicKey(readPrivateKey(privateKey)).export({ format: 'jwk' }).x ?? '';
}

/**
 * Both sides' trunk secrets from an X25519 exchange (RFC 7748) and HKDF-SHA256, salted with the hash of all that
 * the two systems said to each other; so the secrets differ when anything of it was heard differently.
 * @param own this side's ephemeral private key, PKCS #8 DER
 * @param theirs the other side's ephemeral public key, raw, base64url
 * @param role this side's role in the pairing
 * @returns undefined when the other side's key is none, or makes an all-zero shared secret (RFC 7748, 6.1)
 */
export function deriveTrunkSecrets(
  own: Uint8Array,
  theirs: string,
  transcript: Uint8Array,
  role: InterlinkRole,
): TrunkSecrets | undefined {
  const shared = sharedSecret(own, theirs);
  if (shared === undefined || shared.every((byte) => byte === 0)) return undefined;
  const salt = createHash('sha256').update(transcript).digest();
  const secret = (caller: InterlinkRole) =>
    Buffer.from(hkdfSync('sha256', shared, salt, `interlinks trunk calls of ${caller}`, 32)).toString(
      'base64url',
    );
  const other = role === 'issuer' ? 'redeemer' : 'issuer';
  return { inbound: secret(other), outbound: secret(role) };
}

function sharedSecret(own: Uint8Array, theirs: string): Buffer | undefined {
  const privateKey = readPrivateKey(own);
  try {
    const publicKey = createPublicKey({ key: { kty: 'OKP', crv: 'X25519', x: theirs }, format: 'jwk' });
    return diffieHellman({ privateKey, publicKey });
  } catch {
    // OpenSSL itself refuses a malformed key and an all-zero result.
    return undefined;
  }
}

function readPrivateKey(der: Uint8Array): KeyObject {
  return createPrivateKey({ key: Buffer.from(der), format: 'der', type: 'pkcs8' });
}
