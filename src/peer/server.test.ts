import { createServer } from 'node:net';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { LookupQuery } from '../calls/peer-lookups.ts';
import { FailureError } from '../domain/failure.ts';
import type { Interlink } from '../domain/interlink.ts';
import { parseResponseToken } from './token-format.ts';
import type { RequestClaims } from './token-format.ts';
import { rawRequest } from './testing/raw-request.ts';
import type { RawReply } from './testing/raw-request.ts';
import { requestToken } from './testing/raw-token.ts';
import { link, TestSystem } from './testing/test-system.ts';
import { bodyHash, newTokenId, TokenVerifier } from './tokens.ts';
import { headers, paths } from './wire.ts';

let berlin: TestSystem;
let lisbon: TestSystem;
let oporto: TestSystem;
let id: string;
let oportoId: string;
const asked: LookupQuery[] = [];

beforeAll(async () => {
  berlin = await TestSystem.start({
    name: 'Berlin',
    address: '127.0.0.2',
    answerLookup: (_, query) => {
      asked.push(query);
      return query.number === '201' ? { status: 'shared', ticket: 'T'.repeat(22) } : { status: 'unknown' };
    },
  });
  lisbon = await TestSystem.start({ name: 'Lisbon', address: '127.0.0.3' });
  oporto = await TestSystem.start({ name: 'Oporto', address: '127.0.0.4' });
  id = await link(berlin, lisbon);
  oportoId = await link(berlin, oporto);
});

afterAll(async () => {
  for (const system of [berlin, lisbon, oporto]) await system[Symbol.asyncDispose]();
});

interface Sent {
  readonly path?: string;
  readonly body?: string;
  readonly sentBody?: string;
  readonly sentPath?: string;
  readonly claims?: Partial<RequestClaims>;
  readonly signer?: TestSystem;
  readonly method?: 'GET' | 'POST';
}

/** Lisbon, by hand, sends a signed request to Berlin. */
async function send(sent: Sent): Promise<RawReply & { readonly jti: string }> {
  const { path = paths.lookups, body = '{}', signer = lisbon } = sent;
  const iat = Math.floor(Date.now() / 1000);
  const claims: RequestClaims = {
    iss: signer.identity.id,
    aud: berlin.identity.id,
    lnk: id,
    iat,
    exp: iat + 60,
    jti: newTokenId(),
    bsh: bodyHash(Buffer.from(sent.method === 'GET' ? '' : body)),
    htm: sent.method ?? 'POST',
    htu: path,
    ...sent.claims,
  };
  const authorization = `Interlink ${requestToken(signer.identity, claims)}`;
  const reply = await rawRequest(
    berlin.local.url,
    sent.sentPath ?? path,
    { authorization },
    sent.sentBody ?? body,
    sent.method,
  );
  return { ...reply, jti: claims.jti };
}

async function isSigned(reply: RawReply & { readonly jti: string }): Promise<boolean> {
  const raw = reply.headers[headers.token];
  const token = typeof raw === 'string' ? parseResponseToken(raw) : undefined;
  if (token === undefined || typeof token === 'string') return false;
  const { claims } = token;
  expect(claims).toMatchObject({ iss: berlin.identity.id, aud: lisbon.identity.id, lnk: id });
  expect(claims).toMatchObject({ req: reply.jti, sts: reply.status, bsh: bodyHash(Buffer.from(reply.text)) });
  return await new TokenVerifier().isSignedBy(token, berlin.identity.publicKey);
}

function comparable(received: RawReply['headers']): [string, unknown][] {
  return Object.entries(received).filter(([name]) => name !== 'date' && name !== headers.token);
}

const query = (number: string) =>
  JSON.stringify({
    number,
    callId: '018f0000-0000-7000-8000-000000000000',
    caller: { number: '101', name: 'A', vip: 1 },
    newer: true,
  });

describe('lookups', () => {
  test('a shared number is answered with a ticket, signed', async () => {
    const reply = await send({ body: query('201') });
    expect(reply.status).toBe(200);
    expect(JSON.parse(reply.text)).toEqual({ status: 'shared', ticket: 'T'.repeat(22) });
    expect(await isSigned(reply)).toBe(true);
    expect(asked.at(-1)).toMatchObject({ number: '201', caller: { number: '101', name: 'A' } });
  });

  test.each([
    ['an unknown number', query('999')],
    ['no JSON', 'hello'],
    ['an empty body', ''],
    ['null', 'null'],
    ['an array', '[]'],
    ['a number that is none', query('20;1')],
    ['a long number', query('2'.repeat(21))],
    ['a number with a line break', query('201\n')],
    ['a numeric number', query('201').replace('"201"', '201')],
    ['no call id', '{"number":"201","caller":{"name":""}}'],
    ['no caller', '{"number":"201","callId":"018f0000-0000-7000-8000-000000000000"}'],
    ['broken JSON', '{"number":"201"'],
  ])('%s: one same answer', async (_, body) => {
    const unknown = await send({ body: query('998') });
    const reply = await send({ body });
    expect(reply.text).toBe('{"status":"unknown"}');
    expect(reply.status).toBe(200);
    expect(await isSigned(reply)).toBe(true);
    expect(comparable(reply.headers)).toEqual(comparable(unknown.headers));
    for (const { number } of asked) expect(number).toMatch(/^[0-9*#]{1,20}$/);
  });

  test('are not answered before the pairing is complete', async () => {
    const whole = berlin.store.find.bind(berlin.store);
    berlin.store.find = async (wanted) => ({ ...((await whole(wanted)) as Interlink), state: 'pairing' });
    await berlin.registry.refresh(id);
    const before = asked.length;
    const reply = await send({ body: query('201') });
    berlin.store.find = whole;
    await berlin.registry.refresh(id);
    expect([reply.status, reply.text]).toEqual([409, '{"code":"not-active"}']);
    expect(await isSigned(reply)).toBe(true);
    expect(asked).toHaveLength(before);
  });

  test('what another system signed, though linked, is not Lisbon speaking', async () => {
    expect((await send({ body: query('201'), signer: oporto })).status).toBe(401);
    expect(
      (await send({ body: query('201'), signer: oporto, claims: { iss: lisbon.identity.id } })).status,
    ).toBe(401);
    expect((await send({ body: query('201'), claims: { lnk: oportoId } })).status).toBe(401);
  });
});

describe('without a valid signature', () => {
  test.each<[string, Sent]>([
    ['another body', { body: query('201'), sentBody: query('202') }],
    ['another path', { sentPath: paths.heartbeats }],
    ['an added query', { sentPath: `${paths.lookups}?a=1` }],
    ['another audience', { claims: { aud: 'A'.repeat(43) } }],
    ['an unknown interlink', { claims: { lnk: '0'.repeat(26) } }],
    ['too long a life', { claims: { exp: Math.floor(Date.now() / 1000) + 3600 } }],
  ])('%s: refused without a word, and nobody is asked', async (_, sent) => {
    const before = asked.length;
    const reply = await send(sent);
    expect(reply.status).toBe(401);
    expect(reply.text).toBe('{"code":"refused"}');
    expect(reply.headers[headers.token]).toBeUndefined();
    expect(asked).toHaveLength(before);
  });

  test.each([
    ['nothing', paths.lookups, {}],
    ['an unknown path', '/admin', {}],
    ['a bearer token', paths.heartbeats, { authorization: 'Bearer x' }],
    ['garbage', paths.lookups, { authorization: `Interlink ${'a.'.repeat(2000)}` }],
  ])('%s is all the same', async (_, path, sentHeaders) => {
    const reply = await rawRequest(berlin.local.url, path, sentHeaders, '{"__proto__":1');
    expect([reply.status, reply.text]).toEqual([401, '{"code":"refused"}']);
    expect(Object.keys(reply.headers).toSorted()).toEqual([
      'connection',
      'content-length',
      'content-type',
      'date',
    ]);
  });

  test('a large body is not even read', async () => {
    const reply = await rawRequest(berlin.local.url, paths.lookups, {}, 'x'.repeat(63 * 1024));
    expect(reply.status).toBe(401);
  });

  test('a pairing request over 8 KiB is refused', async () => {
    const fits = await rawRequest(berlin.local.url, paths.pairings, {}, 'x'.repeat(8 * 1024));
    const over = await rawRequest(berlin.local.url, paths.pairings, {}, 'x'.repeat(8 * 1024 + 1));
    expect([fits.status, over.status]).toEqual([403, 413]);
  });
});

describe('errors of a signed request are signed', () => {
  test('an unknown path', async () => {
    const reply = await send({ path: '/interlink/v1/nothing' });
    expect(reply.status).toBe(404);
    expect(await isSigned(reply)).toBe(true);
  });

  test('a method that nobody serves', async () => {
    const reply = await send({ method: 'GET' });
    expect(reply.status).toBe(404);
    expect(await isSigned(reply)).toBe(true);
  });

  test('a body over 64 KiB', async () => {
    const reply = await send({ body: `${' '.repeat(64 * 1024)}{}` });
    expect(reply.status).toBe(413);
    expect(await isSigned(reply)).toBe(true);
  });

  test('a body of almost 64 KiB is fine', async () => {
    const reply = await send({ body: ' '.repeat(64 * 1024 - query('201').length) + query('201') });
    expect(JSON.parse(reply.text)).toMatchObject({ status: 'shared' });
  });

  test('a malformed heartbeat', async () => {
    const reply = await send({ path: paths.heartbeats, body: '{"version":1}' });
    expect(reply.status).toBe(400);
    expect(await isSigned(reply)).toBe(true);
  });

  test.each([-3600, -600, 600, 3600])('a clock %d s off is told the time', async (offset) => {
    const iat = Math.floor(Date.now() / 1000) + offset;
    const reply = await send({ body: query('201'), claims: { iat, exp: iat + 60 } });
    expect(reply.status).toBe(401);
    expect(await isSigned(reply)).toBe(true);
    const body = JSON.parse(reply.text) as { code: string; now: number };
    expect(body.code).toBe('clock');
    expect(Math.abs(body.now - Date.now())).toBeLessThan(5000);
  });
});

describe('confirmations', () => {
  test('a repeated one is fine', async () => {
    const path = paths.confirmationOf(id);
    const first = await send({ path });
    const repeated = await send({ path });
    expect([first.status, repeated.status]).toEqual([200, 200]);
    expect(await isSigned(repeated)).toBe(true);
  });

  test('of another interlink, or by the wrong side', async () => {
    expect((await send({ path: paths.confirmationOf(oportoId) })).status).toBe(404);
    const iat = Math.floor(Date.now() / 1000);
    const path = paths.confirmationOf(id);
    const claims = { iss: berlin.identity.id, aud: lisbon.identity.id, lnk: id, iat, exp: iat + 60 };
    const rest = { jti: newTokenId(), bsh: bodyHash(Buffer.from('{}')), htm: 'POST', htu: path };
    const token = requestToken(berlin.identity, { ...claims, ...rest });
    const reply = await rawRequest(lisbon.local.url, path, { authorization: `Interlink ${token}` }, '{}');
    expect(reply.status).toBe(404);
  });
});

test('an interlink that ended answers everything with a signed 410', async () => {
  const faro = await TestSystem.start({ name: 'Faro', address: '127.0.0.5' });
  try {
    const ended = await link(berlin, faro);
    await berlin.store.bury(ended, Date.now(), { tellPeer: true });
    await berlin.registry.refresh(ended);
    const interlink = faro.registry.active()[0];
    if (interlink === undefined) throw new Error('Faro has no interlink');
    const beat = { version: '1', protocol: 1, name: 'Faro', trunk: 'up' } as const;
    expect(await faro.client.heartbeat(interlink, beat, new AbortController().signal)).toEqual({
      kind: 'gone',
    });
  } finally {
    await faro[Symbol.asyncDispose]();
  }
});

test('who has lost an interlink is told from somebody else at its address', async () => {
  const [interlink] = lisbon.registry.active();
  if (interlink === undefined) throw new Error('Lisbon has no interlink');
  const beat = { version: '1', protocol: 1, name: 'Lisbon', trunk: 'up' } as const;
  const lost = { ...interlink, id: '0'.repeat(26) };
  expect(await lisbon.client.heartbeat(lost, beat, new AbortController().signal)).toEqual({
    kind: 'missed',
    reason: 'unknown-interlink',
  });
});

test('keeps connections for longer than clients do, and far longer than heartbeats are apart', async () => {
  const reply = await send({ body: query('201') });
  expect(reply.headers['keep-alive']).toBe('timeout=75');
});

test('says who it is with nothing but its certificate', async () => {
  const reply = await rawRequest(berlin.local.url, '/', {}, '', 'GET');
  expect(reply.headers).not.toHaveProperty('server');
  expect(reply.headers).not.toHaveProperty('x-powered-by');
});

test('an address in use is said with what to change', async () => {
  const blocker = createServer().listen(0, '127.0.0.6');
  await once(blocker, 'listening');
  const address = blocker.address();
  const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
  try {
    await expect(TestSystem.start({ name: 'Blocked', address: '127.0.0.6', port })).rejects.toThrow(
      FailureError,
    );
    await expect(TestSystem.start({ name: 'Blocked', address: '127.0.0.6', port })).rejects.toMatchObject({
      failure: { code: 'port-taken', remedy: expect.stringContaining('peer.listen') },
    });
    await expect(TestSystem.start({ name: 'Elsewhere', address: '192.0.2.1' })).rejects.toMatchObject({
      failure: { code: 'port-taken' },
    });
  } finally {
    blocker.close();
  }
});

const content = (revision: string): string => JSON.stringify({ revision, numbers: [{ number: '201' }] });

describe('directories', () => {
  test('an old one, recorded on the way, does not come back', async () => {
    const path = paths.directory;
    const old = { path, body: content('old'), claims: { jti: newTokenId() } };
    const [first, second] = [await send(old), await send({ path, body: content('new') })];
    const replayed = await send(old);
    expect([first.status, second.status, replayed.status]).toEqual([200, 200, 409]);
    expect(JSON.parse(second.text)).toEqual({ revision: 'new' });
    expect(await isSigned(replayed)).toBe(true);
    expect(berlin.directories.revisionOf(id)).toBe('new');
  });

  test('one that is not understood changes nothing', async () => {
    await send({ path: paths.directory, body: '{"revision":"kept","numbers":[]}' });
    const reply = await send({
      path: paths.directory,
      body: '{"revision":"x","numbers":[{"number":"1@x"}]}',
    });
    expect(reply.status).toBe(400);
    expect(await isSigned(reply)).toBe(true);
    expect(berlin.directories.revisionOf(id)).toBe('kept');
  });
});
