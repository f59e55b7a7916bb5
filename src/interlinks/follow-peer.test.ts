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
let now: number;
let follow: (contact: PeerContact, toldAt?: number) => Promise<Interlink['peer']>;

beforeEach(async () => {
  samples = new SampleInterlinks();
  interlink = await samples.addActive('ber');
  warnings = 0;
  uptime = 0;
  now = 100_000;
  checkHost = async (host) => await Promise.resolve(isHostAllowed(host, false) ? 'allowed' : 'refused');
  const follower = new FollowPeer({
    store: samples.store,
    registry: samples.registry,
    checkHost: async (host) => await checkHost(host),
    now: () => now,
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

test('of a peer that names ever other hosts, few are looked up, whatever becomes of them', async () => {
  const looked: string[] = [];
  checkHost = async (host) => {
    looked.push(host);
    return await Promise.resolve('refused');
  };
  for (let beat = 0; beat < 100; beat++) {
    void follow({ ...elsewhere, url: `https://${beat}.example` });
    uptime += 100;
  }
  expect(looked).toEqual(['0.example', '10.0.0.7']);
  await follow(elsewhere);
  expect(looked.slice(2)).toEqual(['new.example', '10.0.0.7']);
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
  uptime += 10_000;
  expect((await follow({ ...elsewhere, url: 'https://old.example' }, 99))?.url).toBe(elsewhere.url);
  expect((await follow({ ...elsewhere, url: 'https://newest.example' }, 100))?.url).toBe(
    'https://newest.example',
  );
});

test('a clock that was set back does not make this system deaf for the time', async () => {
  now = 7_300_000;
  await follow(elsewhere, 7300);
  now = 100_000;
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
