import fc from 'fast-check';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import {
  isPairingMac,
  isPairingSignature,
  pairingMac,
  pairingSignature,
  pairingTranscript,
} from './pairing-proof.ts';

const proofKey = randomBytes(32);
const content = Buffer.from('{"some":"body"}');
const keys = generateKeyPairSync('ed25519');
const privateKey = keys.privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
const publicKey = keys.publicKey.export({ format: 'jwk' }).x ?? '';

test('a MAC holds for its key, purpose and content alone', () => {
  const mac = pairingMac(proofKey, 'request', content);
  expect(isPairingMac(proofKey, 'request', content, mac)).toBe(true);
  expect(isPairingMac(randomBytes(32), 'request', content, mac)).toBe(false);
  expect(isPairingMac(proofKey, 'answer', content, mac)).toBe(false);
  expect(isPairingMac(proofKey, 'request', Buffer.from('{"some":"bodY"}'), mac)).toBe(false);
  expect(isPairingMac(proofKey, 'request', content, mac.slice(1))).toBe(false);
  expect(isPairingMac(proofKey, 'request', content, `${mac}A`)).toBe(false);
  expect(isPairingMac(proofKey, 'request', content, '')).toBe(false);
  expect(isPairingMac(proofKey, 'request', content, 'é'.repeat(43))).toBe(false);
});

test('a signature holds for its key, purpose and content alone', () => {
  const signature = pairingSignature(privateKey, 'request', content);
  const other = generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' }).x ?? '';
  expect(isPairingSignature(publicKey, 'request', content, signature)).toBe(true);
  expect(isPairingSignature(other, 'request', content, signature)).toBe(false);
  expect(isPairingSignature(publicKey, 'answer', content, signature)).toBe(false);
  expect(isPairingSignature(publicKey, 'request', Buffer.from('other'), signature)).toBe(false);
  expect(isPairingSignature(publicKey, 'request', content, '')).toBe(false);
});

/** The transcript of two messages that are one text together. */
function split(whole: Uint8Array, at: number): Uint8Array {
  return pairingTranscript(whole.subarray(0, at), whole.subarray(at));
}

test('a transcript tells where one message ends and the other begins', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 6, maxLength: 6 }), fc.nat(6), fc.nat(6), (whole, one, other) => {
      fc.pre(one !== other);
      expect(split(whole, one)).not.toEqual(split(whole, other));
    }),
  );
});

test('no two pairs of messages have the same transcript', () => {
  const bytes = fc.uint8Array({ maxLength: 6, max: 2 });
  fc.assert(
    fc.property(bytes, bytes, bytes, bytes, (a, b, c, d) => {
      fc.pre(Buffer.compare(a, c) !== 0 || Buffer.compare(b, d) !== 0);
      expect(pairingTranscript(a, b)).not.toEqual(pairingTranscript(c, d));
    }),
  );
});
