import { createHash, createHmac, createPublicKey, sign, timingSafeEqual, verify } from 'node:crypto';

/**
 * What a MAC or a signature of the pairing is about. Each purpose has a label of its own, so that what was made
 * for one can never be taken for another.
 */
export type PairingPurpose = 'request' | 'answer' | 'refusal';

/** Both messages as bytes, each after its length (4 bytes, big-endian), so that no two pairs read the same. */
export function pairingTranscript(request: Uint8Array, response: Uint8Array): Uint8Array {
  return Buffer.concat([lengthOf(request), request, lengthOf(response), response]);
}

/** HMAC-SHA256 with the proof key: shows that its maker has seen the authorization key. */
export function pairingMac(proofKey: Uint8Array, purpose: PairingPurpose, content: Uint8Array): string {
  return createHmac('sha256', proofKey).update(label(purpose)).update(content).digest('base64url');
}

/** Compares in constant time; a MAC of the wrong length or alphabet costs the same as a wrong one. */
export function isPairingMac(
  proofKey: Uint8Array,
  purpose: PairingPurpose,
  content: Uint8Array,
  mac: string,
): boolean {
  const expected = Buffer.from(pairingMac(proofKey, purpose, content));
  const given = Buffer.alloc(expected.length);
  given.write(mac);
  return timingSafeEqual(expected, given) && mac.length === expected.length;
}

/** Ed25519 signature over the content's SHA-256. @param privateKey PKCS #8 PEM */
export function pairingSignature(privateKey: string, purpose: PairingPurpose, content: Uint8Array): string {
  return sign(null, signedBytes(purpose, content), privateKey).toString('base64url');
}

/** @param publicKey raw Ed25519 key, base64url, already found safe */
export function isPairingSignature(
  publicKey: string,
  purpose: PairingPurpose,
  content: Uint8Array,
  signature: string,
): boolean {
  const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: publicKey }, format: 'jwk' });
  return verify(null, signedBytes(purpose, content), key, Buffer.from(signature, 'base64url'));
}

function signedBytes(purpose: PairingPurpose, content: Uint8Array): Buffer {
  return Buffer.concat([label(purpose), createHash('sha256').update(content).digest()]);
}

function label(purpose: PairingPurpose): Buffer {
  return Buffer.from(`interlinks pairing ${purpose} v1\0`);
}

function lengthOf(bytes: Uint8Array): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return length;
}
