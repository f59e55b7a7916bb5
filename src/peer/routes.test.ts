import { expect, test } from 'vitest';
import { clockToleranceMs } from '../domain/health.ts';
import type { PairedInterlink } from '../interlinks/peer-transport.ts';
import { MemoryStore } from '../interlinks/testing/memory-store.ts';
import { SampleInterlinks, samplePeer } from '../interlinks/testing/samples.ts';
import { toJson } from './json.ts';
import { signedRoutes } from './routes.ts';
import { newTokenId } from './tokens.ts';
import { paths } from './wire.ts';

const interlink: PairedInterlink = {
  ...(await new SampleInterlinks().addActive('ber')),
  peer: samplePeer('ber'),
};
const iat = 2_000_000_000;

/** A system that may be sent one request several times, its signature verified. */
function system() {
  let uptime = 0;
  let confirmed = 0;
  const store = new MemoryStore();
  const remembered: { jti: string; expiresAt: number }[] = [];
  let noticed = 0;
  const routes = signedRoutes({
    answerLookup: () => ({ status: 'unknown' }),
    heard: () => ({ version: '1', protocol: 1, name: 'Berlin', trunk: 'up', now: 0 }),
    receiveDirectory: async () => await Promise.resolve(true),
    follow: () => undefined,
    confirm: async () => await Promise.resolve((confirmed += 1) > 0),
    uptime: () => uptime,
    noticed: async () => void (await Promise.resolve((noticed += 1))),
    mediaTests: {
      begin: () => expect.fail('no media test was begun'),
      report: () => expect.fail('no media test was asked about'),
    },
    seenRequests: {
      remember: async (jti, expiresAt) => {
        remembered.push({ jti, expiresAt });
        return await store.remember(jti, expiresAt);
      },
    },
  });
  const send = async (path: string, content: object, jti: string, change: Partial<PairedInterlink> = {}) => {
    const one = { ...interlink, ...change };
    const { id: lnk } = one;
    const iss = one.peer.id;
    const htu = path.replace(':id', lnk);
    const claims = { iss, aud: 'A'.repeat(43), lnk, iat, exp: iat + 60, jti, bsh: '', htm: 'POST', htu };
    const route = routes.find((candidate) => candidate.path === path);
    return (await route?.handle({ interlink: one, claims }, toJson(content)))?.status;
  };
  const pass = (ms: number): void => void (uptime += ms);
  return { send, remembered, pass, noticed: () => noticed, confirmed: () => confirmed };
}

test.each([
  ['a notice', paths.notices, { kind: 'deleted' }, 'active'],
  ['a directory', paths.directory, { revision: 'r', numbers: [] }, 'active'],
  ['a confirmation', paths.confirmationOf(':id'), {}, 'pairing'],
] as const)(
  '%s counts once, even if it arrives twice before the first has an effect',
  async (_, path, content, state) => {
    const { send } = system();
    const jti = newTokenId();
    const statuses = await Promise.all([1, 2].map(async () => await send(path, content, jti, { state })));
    expect(new Set(statuses)).toEqual(new Set([200, 409]));
    expect(await send(path, content, newTokenId(), { state })).toBe(200);
  },
);

test('confirmations of what is active already are answered and leave nothing behind', async () => {
  const { send, remembered, confirmed } = system();
  expect(await send(paths.confirmationOf(':id'), {}, newTokenId())).toBe(200);
  expect([remembered, confirmed()]).toEqual([[], 0]);
});

test.each([
  ['issuer', 'pairing', 1],
  ['issuer', 'active', 0],
  ['redeemer', 'pairing', 0],
] as const)(
  'a heartbeat to the %s, %s, of which the other side is active: confirms %i times',
  async (role, state, times) => {
    const { send, confirmed } = system();
    const beat = { version: '1', protocol: 1, name: 'Lisbon', trunk: 'up' };
    expect(await send(paths.heartbeats, beat, newTokenId(), { role, state })).toBe(200);
    expect(confirmed()).toBe(times);
  },
);

test('a peer that sends one directory after the other is told to come later', async () => {
  const { send, pass } = system();
  const next = async (numbers: object[] = []) =>
    await send(paths.directory, { revision: 'r', numbers }, newTokenId());
  const statuses = [];
  for (let times = 0; times < 120; times++) statuses.push(await next());
  expect(statuses.filter((status) => status === 409)).toHaveLength(20);
  pass(2000);
  expect([await next(), await next()]).toEqual([200, 409]);
  pass(1_000_000);
  const long = Array.from({ length: 60_000 }, (_, index) => ({
    number: `${100_000 + index}`,
    name: 'Reception',
  }));
  expect([await next(long), await next(long), await next(long), await next()]).toEqual([200, 200, 200, 409]);
});

test('one directory of a peer is read at a time, so that many long ones do not fill the memory', async () => {
  const { send } = system();
  const directory = { revision: 'r', numbers: [] };
  const many = Array.from({ length: 12 }, async () => await send(paths.directory, directory, newTokenId()));
  const statuses = await Promise.all(many);
  expect(statuses.filter((status) => status === 200)).toHaveLength(1);
  expect(new Set(statuses)).toEqual(new Set([200, 409]));
  expect(await send(paths.directory, directory, newTokenId())).toBe(200);
});

test('an obeyed notice is obeyed once', async () => {
  const { send, noticed } = system();
  const jti = newTokenId();
  await Promise.all([1, 2, 3].map(async () => await send(paths.notices, { kind: 'deleted' }, jti)));
  expect(noticed()).toBe(1);
});

test('a request is remembered as its sender’s, as long as it could be sent again', async () => {
  const { send, remembered } = system();
  const jti = newTokenId();
  expect(await send(paths.notices, { kind: 'deleted' }, jti)).toBe(200);
  expect(await send(paths.notices, { kind: 'deleted' }, jti, { peer: samplePeer('lis') })).toBe(200);
  expect(remembered[0]?.expiresAt).toBeGreaterThanOrEqual((iat + 60) * 1000 + clockToleranceMs);
});
