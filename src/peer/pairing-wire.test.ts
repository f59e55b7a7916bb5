import { describe, expect, test } from 'vitest';
import { withUnreadableKey } from '../domain/testing/samples.ts';
import type { PairingAnswer, PairingRequest } from '../interlinks/pairing-messages.ts';
import { makeIdentity } from './identity.ts';
import { pairingCodec } from './pairing-wire.ts';

const { publicKey, certificate, certificateKey } = makeIdentity(['pbx.example']);
const lowOrderKey = Buffer.from(`01${'00'.repeat(31)}`, 'hex').toString('base64url');

const request: PairingRequest = {
  id: '0123456789abcdefghjkmnpqrs',
  idempotencyId: 'A'.repeat(22),
  publicKey,
  name: 'Lisbon',
  url: 'https://pbx.example:8443',
  certificate,
  trunk: {
    kinds: ['iax2', 'pjsip'],
    host: 'pbx.example',
    ports: { pjsip: 5071, iax2: 4569 },
    certificate,
  },
  ephemeral: publicKey,
};

const answer: PairingAnswer = {
  id: request.id,
  publicKey,
  name: 'Berlin',
  certificate,
  trunk: { kind: 'pjsip', host: '10.0.0.1', port: 5071, certificate },
  ephemeral: publicKey,
};

/** The message's bytes with some of its members changed. */
function changed(bytes: Uint8Array, members: object): Uint8Array {
  const message = JSON.parse(Buffer.from(bytes).toString()) as object;
  return Buffer.from(JSON.stringify({ ...message, ...members }));
}

test('reads what it wrote', () => {
  expect(pairingCodec.decodeRequest(pairingCodec.encodeRequest(request))).toEqual(request);
  expect(pairingCodec.decodeAnswer(pairingCodec.encodeAnswer(answer))).toEqual(answer);
  const refusal = { code: 'already-linked', name: 'Berlin' } as const;
  expect(pairingCodec.decodeRefusal(pairingCodec.encodeRefusal(refusal))).toEqual(refusal);
  expect(pairingCodec.decodeRefusal(pairingCodec.encodeRefusal({ code: 'used', name: undefined }))).toEqual({
    code: 'used',
    name: undefined,
  });
});

test('has the form of the protocol', () => {
  expect(JSON.parse(Buffer.from(pairingCodec.encodeRequest(request)).toString())).toEqual({
    ...request,
    version: 1,
    trunk: {
      kinds: ['iax2', 'pjsip'],
      host: 'pbx.example',
      pjsip: { port: 5071, certificate },
      iax2: { port: 4569 },
    },
  });
});

test('does not mind what a newer system adds', () => {
  const trunk = {
    kinds: ['webrtc', 'pjsip'],
    host: 'pbx.example',
    pjsip: { port: 5071, certificate, sctp: true },
    webrtc: {},
  };
  const bytes = changed(pairingCodec.encodeRequest(request), { trunk, capabilities: ['video'] });
  expect(pairingCodec.decodeRequest(bytes)?.trunk).toEqual({
    kinds: ['pjsip'],
    host: 'pbx.example',
    ports: { pjsip: 5071 },
    certificate,
  });
});

const secondCertificate = certificate + makeIdentity([]).certificate;

describe('refuses a message', () => {
  test.each<[string, object]>([
    ['without a key', { publicKey: undefined }],
    ['with a key of low order', { publicKey: lowOrderKey }],
    ['with a short key', { publicKey: publicKey.slice(1) }],
    ['with a key written otherwise', { publicKey: `${publicKey.slice(0, -1)}_` }],
    ['without a name', { name: ' \n' }],
    ['with another id', { id: 'x' }],
    ['without a certificate', { certificate: '' }],
    ['with two certificates', { certificate: secondCertificate }],
    ['with a private key for a certificate', { certificate: certificateKey }],
    ['with a certificate whose key cannot be read', { certificate: withUnreadableKey(certificate) }],
    ['with a broken certificate', { certificate: certificate.replace('MII', 'MIJ') }],
    ['without an ephemeral key', { ephemeral: 'x' }],
  ])('%s', (_, members) => {
    expect(pairingCodec.decodeRequest(changed(pairingCodec.encodeRequest(request), members))).toBeUndefined();
    expect(pairingCodec.decodeAnswer(changed(pairingCodec.encodeAnswer(answer), members))).toBeUndefined();
  });

  test.each<[string, object]>([
    ['of another version', { version: 2 }],
    ['with a plain URL', { url: 'http://pbx.example' }],
    ['with a URL that has a path', { url: 'https://pbx.example/x' }],
    [
      'with a host that would write configuration',
      { trunk: { kinds: ['pjsip'], host: 'a\ncontext=b', pjsip: { port: 1 } } },
    ],
    ['with a port that is none', { trunk: { kinds: ['pjsip'], host: 'a', pjsip: { port: 65_536 } } }],
    ['with an odd idempotency id', { idempotencyId: '' }],
  ])('%s', (_, members) => {
    expect(pairingCodec.decodeRequest(changed(pairingCodec.encodeRequest(request), members))).toBeUndefined();
  });

  test.each<[string, object]>([
    ['with an unknown trunk kind', { kind: 'h323', host: 'a', port: 1 }],
    ['with a host that is none', { kind: 'pjsip', host: 'a;b', port: 1 }],
    ['with a port that is none', { kind: 'pjsip', host: 'a', port: 0 }],
  ])('%s', (_, trunk) => {
    expect(pairingCodec.decodeAnswer(changed(pairingCodec.encodeAnswer(answer), { trunk }))).toBeUndefined();
  });

  test.each(['', 'x', 'null', '[]', '"x"'])('%j', (text) => {
    const bytes = Buffer.from(text);
    expect(pairingCodec.decodeRequest(bytes)).toBeUndefined();
    expect(pairingCodec.decodeAnswer(bytes)).toBeUndefined();
    expect(pairingCodec.decodeRefusal(bytes)).toBeUndefined();
  });

  test('that is no UTF-8', () => {
    const bytes = Buffer.from(pairingCodec.encodeRequest(request));
    bytes.set([0xff], bytes.indexOf('Lisbon'));
    expect(pairingCodec.decodeRequest(bytes)).toBeUndefined();
  });
});

test('keeps nothing of a certificate but the certificate', () => {
  const noisy = `Some text\n${certificate}\nmore text`;
  const bytes = changed(pairingCodec.encodeRequest(request), { certificate: noisy });
  expect(pairingCodec.decodeRequest(bytes)?.certificate).toBe(certificate);
});
