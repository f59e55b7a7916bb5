import { afterEach, describe, expect, test } from 'vitest';
import { decodeKey, encodeKey, interlinkIdOf, proofKeyOf } from '../domain/authorization-key.ts';
import { pairingMac, pairingSignature, pairingTranscript } from '../domain/pairing-proof.ts';
import type { PairingReply, SealedPairingRequest } from '../interlinks/peer-transport.ts';
import { makeIdentity } from './identity.ts';
import { rawRequest } from './testing/raw-request.ts';
import { between, outcomeOf, SystemPool } from './testing/system-pool.ts';
import { activeOn, link } from './testing/test-system.ts';
import { paths } from './wire.ts';

const systems = new SystemPool();
afterEach(async () => await systems.stopAll());

function idOf(key: string): string {
  const decoded = decodeKey(key);
  return decoded.ok ? interlinkIdOf(decoded.value.secret) : '';
}

describe('who does not prove the secret learns nothing', () => {
  test('unknown, malformed, used, expired: one same answer, and no key is burnt', async () => {
    const [berlin, lisbon] = await systems.startBoth();
    const used = await berlin.newKey('Used');
    await lisbon.redeemKey.redeem({ name: 'Berlin', key: used });
    const good = await berlin.newKey('Good');
    const mac = pairingMac(Buffer.alloc(32), 'request', Buffer.from('{}'));
    const replies = await Promise.all(
      [
        `InterlinkKey ${'0'.repeat(26)}.${mac}`,
        `InterlinkKey ${idOf(used)}.${mac}`,
        `InterlinkKey ${idOf(good)}.${mac}`,
        `InterlinkKey ${idOf(good)}.${mac.slice(1)}`,
        `InterlinkKey ${idOf(good).toUpperCase()}.${mac}`,
        'InterlinkKey',
        'Basic x',
        '',
      ].map(async (authorization) => {
        const reply = await rawRequest(berlin.local.url, paths.pairings, { authorization }, '{}');
        const { date: _, ...rest } = reply.headers;
        return JSON.stringify([reply.status, reply.text, rest]);
      }),
    );
    expect(new Set(replies).size).toBe(1);
    expect(replies[0]).toMatch(/^\[403,/);
    const oporto = await systems.start({ name: 'Oporto', address: '127.0.0.4' });
    expect(outcomeOf(await oporto.redeemKey.redeem({ name: 'Berlin', key: good }))).toBe('active');
  });

  test('a withdrawn key', async () => {
    const [berlin, lisbon] = await systems.startBoth();
    const key = await berlin.newKey('Lisbon');
    const id = berlin.registry.all()[0]?.id ?? '';
    await berlin.store.bury(id, 0, { tellPeer: true });
    expect(outcomeOf(await lisbon.redeemKey.redeem({ name: 'Berlin', key }))).toBe('key-refused');
    expect(lisbon.registry.all()).toEqual([]);
  });
});

describe('somebody in the middle', () => {
  test.each<[string, Parameters<typeof between>[0], string]>([
    [
      'changes the request',
      {
        request: (sealed) => ({
          ...sealed,
          body: Buffer.from(Buffer.from(sealed.body).toString().replace('Lisbon', 'Lisbeu')),
        }),
      },
      'key-refused',
    ],
    ['takes another MAC', { request: (sealed) => ({ ...sealed, mac: 'A'.repeat(43) }) }, 'key-refused'],
    [
      'changes the signature',
      { request: (sealed) => ({ ...sealed, signature: 'A'.repeat(86) }) },
      'request-invalid',
    ],
    [
      'changes the answer',
      {
        reply: (reply) => ({
          ...reply,
          body: Buffer.from(Buffer.from(reply.body).toString().replace('Berlin', 'Berlen')),
        }),
      },
      'peer-untrusted',
    ],
    [
      'changes the MAC of the answer',
      { reply: (reply) => ({ ...reply, mac: 'A'.repeat(43) }) },
      'peer-untrusted',
    ],
    ['removes the MAC', { reply: (reply) => ({ ...reply, mac: undefined }) }, 'peer-untrusted'],
    ['removes the signature', { reply: (reply) => ({ ...reply, signature: undefined }) }, 'peer-untrusted'],
    [
      'changes the signature of the answer',
      { reply: (reply) => ({ ...reply, signature: 'A'.repeat(86) }) },
      'peer-untrusted',
    ],
    [
      'answers in its place',
      { reply: (reply) => ({ ...reply, status: 404, mac: undefined }) },
      'peer-untrusted',
    ],
    [
      'claims a refusal',
      { reply: (reply) => ({ ...reply, status: 409, body: Buffer.from('{"code":"used"}') }) },
      'peer-untrusted',
    ],
  ])('%s', async (_, change, outcome) => {
    const [berlin, lisbon] = await systems.startBoth(between(change));
    const key = await berlin.newKey('Lisbon');
    expect(outcomeOf(await lisbon.redeemKey.redeem({ name: 'Berlin', key }))).toBe(outcome);
    expect(lisbon.registry.all()).toEqual([]);
    expect(berlin.registry.active()).toEqual([]);
  });

  test('who knows the secret but is not the system in the key', async () => {
    const berlin = await systems.start({ name: 'Berlin', address: '127.0.0.2' });
    const key = decodeKey(await berlin.newKey('Lisbon'));
    if (!key.ok) throw new Error('no key');
    const lisbon = await systems.start({ name: 'Lisbon', address: '127.0.0.3' });
    const issuerIdentity = new Uint8Array(16).fill(9);
    const outcome = await lisbon.redeemKey.redeem({
      name: 'Berlin',
      key: encodeKey({ ...key.value, issuerIdentity }),
    });
    expect(outcomeOf(outcome)).toBe('peer-untrusted');
    expect(lisbon.registry.all()).toEqual([]);
  });

  test('the holder of one key cannot redeem under the id of another', async () => {
    const sealAgain = ({ keyId, body }: SealedPairingRequest): SealedPairingRequest => {
      const message = JSON.parse(Buffer.from(body).toString()) as object;
      const other = Buffer.from(JSON.stringify({ ...message, id: '0'.repeat(26) }));
      const mac = pairingMac(proofKey, 'request', other);
      return {
        keyId,
        mac,
        signature: pairingSignature(lisbon.identity.privateKey, 'request', other),
        body: other,
      };
    };
    const [berlin, lisbon] = await systems.startBoth(between({ request: sealAgain }));
    const key = await berlin.newKey('Lisbon');
    const decoded = decodeKey(key);
    const proofKey = decoded.ok ? proofKeyOf(decoded.value.secret) : new Uint8Array(32);
    expect((await lisbon.redeemKey.redeem({ name: 'Berlin', key })).ok).toBe(false);
    expect(berlin.registry.all()[0]?.state).toBe('key-ready');
  });

  test.each<[string, object, string?]>([
    [
      'from a key of low order',
      { publicKey: Buffer.from(`01${'00'.repeat(31)}`, 'hex').toString('base64url') },
    ],
    ['for another interlink', { id: '0'.repeat(26) }],
    ['with an ephemeral key that makes no secret', { ephemeral: Buffer.alloc(32).toString('base64url') }],
    [
      'with a kind of trunk that nobody offered',
      { trunk: { kind: 'iax2', host: '127.0.0.2', port: 4569 } },
      'trunk-unsupported',
    ],
  ])(
    'an answer %s is no answer, though proved and signed',
    async (_, members, outcome = 'peer-untrusted') => {
      const forged = (reply: PairingReply, { body }: SealedPairingRequest): PairingReply => {
        const answer = JSON.parse(Buffer.from(reply.body).toString()) as object;
        const other = Buffer.from(JSON.stringify({ ...answer, ...members }));
        const transcript = pairingTranscript(body, other);
        const signature = pairingSignature(berlin.identity.privateKey, 'answer', transcript);
        return { ...reply, body: other, mac: pairingMac(proofKey, 'answer', transcript), signature };
      };
      const [berlin, lisbon] = await systems.startBoth({ kinds: ['pjsip'], ...between({ reply: forged }) });
      const key = await berlin.newKey('Lisbon');
      const decoded = decodeKey(key);
      const proofKey = decoded.ok ? proofKeyOf(decoded.value.secret) : new Uint8Array(32);
      expect(outcomeOf(await lisbon.redeemKey.redeem({ name: 'Berlin', key }))).toBe(outcome);
    },
  );
});

test('a server that is no Interlinks system is told apart', async () => {
  const [berlin, lisbon] = await systems.startBoth();
  const oporto = await systems.start({ name: 'Oporto', address: '127.0.0.4' });
  const key = await berlin.newKey('Lisbon', { url: oporto.local.url });
  expect(outcomeOf(await lisbon.redeemKey.redeem({ name: 'Berlin', key }))).toBe('key-refused');
});

test('a stranger with a good identity is still a stranger', async () => {
  const [berlin, lisbon] = await systems.startBoth();
  const id = await link(berlin, lisbon);
  const stranger = await systems.start({ name: 'Lisbon', address: '127.0.0.9', identity: makeIdentity([]) });
  const beat = { version: '1', protocol: 1, name: 'x', trunk: 'up' } as const;
  const outcome = await stranger.client.heartbeat(activeOn(lisbon, id), beat, new AbortController().signal);
  expect(outcome.kind).toBe('missed');
  expect(berlin.health.signsOf(id)?.heardAt).toBeUndefined();
});
