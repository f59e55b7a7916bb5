import { beforeEach, expect, test } from 'vitest';
import { isHostAllowed } from '../domain/address-policy.ts';
import type { Interlink, PeerContact } from '../domain/interlink.ts';
import { makeTrunkCertificate } from '../domain/trunk-certificate.ts';
import { FollowPeer } from './follow-peer.ts';
import type { HostCheck } from './host-check.ts';
import { SampleInterlinks, samplePeer, silentLogger } from './testing/samples.ts';

const elsewhere: PeerContact = {
  url: 'https://new.example:9443',
  certificate: 'new certificate',
  trunk: { host: '10.0.0.7', port: 5091, certificate: certificateOf('ber') },
};

function certificateOf(label: string): string {
  return makeTrunkCertificate(samplePeer(label).id, ['10.0.0.7']).certificate;
}

let samples: SampleInterlinks;
let interlink: Interlink;
let warnings: number;
let checkHost: HostCheck;
let uptime: number;
let follow: (contact: PeerContact, toldAt?: number) => Promise<Interlink['peer']>;

beforeEach(async () => {
  samples = new SampleInterlinks();
  interlink = await samples.addActive('ber');
  warnings = 0;
  uptime = 0;
  checkHost = async (host) => await Promise.resolve(isHostAllowed(host, false) ? 'allowed' : 'refused');
  const follower = new FollowPeer({
    store: samples.store,
    registry: samples.registry,
    checkHost: async (host) => await checkHost(host),
    uptime: () => uptime,
    logger: { ...silentLogger, warn: () => (warnings += 1) },
  });
  follow = async (contact, toldAt = 100) => {
    await follower.follow(interlink.id, contact, toldAt);
    return samples.registry.find(interlink.id)?.peer;
  };
});

test('takes over URL, certificate and trunk address; the peer stays who it is', async () => {
  const { peer } = interlink;
  const moved = { ...peer, ...elsewhere, trunk: { kind: 'pjsip', ...elsewhere.trunk } };
  expect(await follow(elsewhere)).toEqual(moved);
  expect((await samples.store.find(interlink.id))?.peer).toEqual(moved);
});

test.each([
  { url: 'https://127.0.0.1:8443' },
  { url: 'https://[::1]:8443' },
  { trunk: { host: '169.254.1.1', port: 5071 } },
])('goes nowhere that the address policy forbids: %j', async (change) => {
  expect(await follow({ ...elsewhere, ...change })).toEqual(interlink.peer);
  await follow({ ...elsewhere, ...change });
  expect(warnings).toBe(1);
});

test('a peer that moves to and fro is followed once, and again after a rest', async () => {
  expect(await follow(elsewhere)).toMatchObject({ url: elsewhere.url });
  const back = { ...elsewhere, url: 'https://old.example:9443' };
  uptime += 9000;
  expect(await follow(back)).toMatchObject({ url: elsewhere.url });
  uptime += 1000;
  expect(await follow(back)).toMatchObject({ url: back.url });
});

test('an older word does not turn back a newer one, also when its names take longer to look up', async () => {
  const slow: (() => void)[] = [];
  checkHost = async () => await new Promise((resolve) => slow.push(() => resolve('allowed')));
  const older = follow({ ...elsewhere, url: 'https://slow.example' }, 90);
  checkHost = async () => await Promise.resolve('allowed');
  await follow(elsewhere, 91);
  for (const answer of slow) answer();
  expect((await older)?.url).toBe(elsewhere.url);
});

test.each([certificateOf('far'), undefined])(
  'takes no certificate but one of that system',
  async (certificate) => {
    const { trunk } = elsewhere;
    expect(await follow({ ...elsewhere, trunk: { ...trunk, certificate } })).toEqual(interlink.peer);
    expect(warnings).toBe(1);
  },
);

test('an older word does not turn back a newer one', async () => {
  await follow(elsewhere, 100);
  expect((await follow({ ...elsewhere, url: 'https://old.example' }, 99))?.url).toBe(elsewhere.url);
  uptime += 10_000;
  expect((await follow({ ...elsewhere, url: 'https://newest.example' }, 100))?.url).toBe(
    'https://newest.example',
  );
});

test('follows nobody whose interlink is not active', async () => {
  interlink = await samples.addPairing('far');
  expect(await follow(elsewhere)).toEqual(interlink.peer);
  await samples.bury(interlink.id);
  expect(await follow(elsewhere)).toBeUndefined();
});
