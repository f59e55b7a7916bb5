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
  const store = new MemoryStore();
  const remembered: { jti: string; expiresAt: number }[] = [];
  let noticed = 0;
  const routes = signedRoutes({
    answerLookup: () => ({ status: 'unknown' }),
    heard: () => expect.fail('no heartbeat was sent'),
    receiveDirectory: async () => await Promise.resolve(true),
    follow: () => undefined,
    confirm: async () => await Promise.resolve(true),
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
  const send = async (path: string, content: object, jti: string, iss = interlink.peer.id) => {
    const { id: lnk } = interlink;
    const htu = path.replace(':id', lnk);
    const claims = { iss, aud: 'A'.repeat(43), lnk, iat, exp: iat + 60, jti, bsh: '', htm: 'POST', htu };
    const route = routes.find((candidate) => candidate.path === path);
    return (await route?.handle({ interlink, claims }, toJson(content)))?.status;
  };
  return { send, remembered, noticed: () => noticed };
}

test.each([
  ['a notice', paths.notices, { kind: 'deleted' }],
  ['a directory', paths.directory, { revision: 'r', numbers: [] }],
  ['a confirmation', paths.confirmationOf(':id'), {}],
])('%s counts once, even if it arrives twice before the first has an effect', async (_, path, content) => {
  const { send } = system();
  const jti = newTokenId();
  const statuses = await Promise.all([send(path, content, jti), send(path, content, jti)]);
  expect(new Set(statuses)).toEqual(new Set([200, 409]));
  expect(await send(path, content, newTokenId())).toBe(200);
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
  expect(await send(paths.notices, { kind: 'deleted' }, jti, 'B'.repeat(43))).toBe(200);
  expect(remembered[0]?.expiresAt).toBeGreaterThanOrEqual((iat + 60) * 1000 + clockToleranceMs);
});
