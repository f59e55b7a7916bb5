import { generateKeyPairSync } from 'node:crypto';
import { expect, test } from 'vitest';
import { identityPrefixOf, isSafePublicKey, systemIdOf } from './ed25519-key.ts';

/** The eight points whose order divides 8, as RFC 8032 encodes them. */
const lowOrder = [
  '0100000000000000000000000000000000000000000000000000000000000000',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  '0000000000000000000000000000000000000000000000000000000000000000',
  '0000000000000000000000000000000000000000000000000000000000000080',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85',
];

test.each(lowOrder)('refuses the low-order key %s', (hex) => {
  expect(isSafePublicKey(Buffer.from(hex, 'hex'))).toBe(false);
});

test.each([
  'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff',
  'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'f0ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  '0100000000000000000000000000000000000000000000000000000000000080',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff',
])('refuses the encoding %s, which is not canonical', (hex) => {
  expect(isSafePublicKey(Buffer.from(hex, 'hex'))).toBe(false);
});

test('accepts generated keys, and nothing of another length', () => {
  for (let count = 0; count < 20; count += 1) {
    const x = generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' }).x ?? '';
    const raw = Buffer.from(x, 'base64url');
    expect(isSafePublicKey(raw)).toBe(true);
    expect(isSafePublicKey(raw.subarray(1))).toBe(false);
    expect(isSafePublicKey(Buffer.concat([raw, Buffer.alloc(1)]))).toBe(false);
  }
});

test('computes the thumbprint of RFC 8037, appendix A.3', () => {
  const id = systemIdOf('11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo');
  expect(id).toBe('kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k');
  expect(identityPrefixOf(id)).toEqual(new Uint8Array(Buffer.from(id, 'base64url').subarray(0, 16)));
});
