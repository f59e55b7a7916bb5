import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { deriveTrunkSecrets, ephemeralKeyFrom, ephemeralPublicKey } from './trunk-secrets.ts';

const issuer = ephemeralKeyFrom(randomBytes(32));
const redeemer = ephemeralKeyFrom(randomBytes(32));
const transcript = Buffer.from('all that was said');

test('both sides derive the same pair, crosswise', () => {
  const atIssuer = deriveTrunkSecrets(issuer, ephemeralPublicKey(redeemer), transcript, 'issuer');
  const atRedeemer = deriveTrunkSecrets(redeemer, ephemeralPublicKey(issuer), transcript, 'redeemer');
  expect(atIssuer?.inbound).toBe(atRedeemer?.outbound);
  expect(atIssuer?.outbound).toBe(atRedeemer?.inbound);
  expect(atIssuer?.inbound).not.toBe(atIssuer?.outbound);
  expect(atIssuer?.inbound).toMatch(/^[A-Za-z0-9_-]{43}$/);
});

test('another transcript makes other secrets', () => {
  const theirs = ephemeralPublicKey(redeemer);
  const one = deriveTrunkSecrets(issuer, theirs, transcript, 'issuer');
  const other = deriveTrunkSecrets(issuer, theirs, Buffer.from('something else'), 'issuer');
  expect(one?.inbound).not.toBe(other?.inbound);
});

/** Points of low order on Curve25519, https://cr.yp.to/ecdh.html#validate; each makes an all-zero secret. */
test.each([
  '0000000000000000000000000000000000000000000000000000000000000000',
  '0100000000000000000000000000000000000000000000000000000000000000',
  'e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800',
  '5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
])('refuses the ephemeral key %s', (hex) => {
  const theirs = Buffer.from(hex, 'hex').toString('base64url');
  expect(deriveTrunkSecrets(issuer, theirs, transcript, 'issuer')).toBeUndefined();
});

test.each(['', 'AAAA', 'not base64 at all'])('refuses %j as an ephemeral key', (theirs) => {
  expect(deriveTrunkSecrets(issuer, theirs, transcript, 'issuer')).toBeUndefined();
});
