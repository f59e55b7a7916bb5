import { createHash } from 'node:crypto';

const fieldPrime = 2n ** 255n - 19n;

/** The y coordinates of the eight points whose order divides 8; each stands for both signs of x. */
const lowOrder = new Set([
  0n,
  1n,
  fieldPrime - 1n,
  0x7a03ac9277fdc74ec6cc392cfa53202a0f67100d760b3cba4fd84d3d706a17c7n,
  0x05fc536d880238b13933c6d305acdfd5f098eff289f4c345b027b2c28f95e826n,
]);

/**
 * Whether a raw Ed25519 public key may stand for a system: 32 bytes, y below the field prime (RFC 8032, 5.1.3) and
 * not of low order. With a key of low order anyone can make signatures that hold; libraries differ on refusing them.
 */
export function isSafePublicKey(raw: Uint8Array): boolean {
  if (raw.length !== 32) return false;
  const littleEndian = Buffer.from(raw.toReversed());
  const y = BigInt(`0x${littleEndian.toString('hex')}`) & (2n ** 255n - 1n);
  return y < fieldPrime && !lowOrder.has(y);
}

/**
 * RFC 7638 thumbprint (SHA-256, base64url) of an Ed25519 public key: the id of the system that holds it.
 * @param publicKey raw key, base64url
 */
export function systemIdOf(publicKey: string): string {
  return createHash('sha256')
    .update(JSON.stringify({ crv: 'Ed25519', kty: 'OKP', x: publicKey }))
    .digest('base64url');
}

/** The 128 bits of a system's id that authorization keys carry. */
export function identityPrefixOf(systemId: string): Uint8Array {
  return new Uint8Array(Buffer.from(systemId, 'base64url').subarray(0, 16));
}
