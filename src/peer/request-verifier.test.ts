import { describe, expect, test } from 'vitest';
import type { Interlink, Peer } from '../domain/interlink.ts';
import { makeIdentity } from './identity.ts';
import { isSignedBody, isTimely, RequestVerifier } from './request-verifier.ts';
import type { RequestClaims } from './token-format.ts';
import { rawToken, requestHeader, requestToken } from './testing/raw-token.ts';
import { bodyHash, newTokenId, TokenSigner, TokenVerifier } from './tokens.ts';
import { paths } from './wire.ts';

const own = makeIdentity([]);
const peer = makeIdentity([]);
const stranger = makeIdentity([]);
const now = Date.UTC(2030, 0, 1);
const seconds = now / 1000;
const body = Buffer.from('{"number":"201"}');

const interlink: Interlink = {
  id: '0123456789abcdefghjkmnpqrs',
  name: 'Lisbon',
  role: 'issuer',
  state: 'active',
  trunkKind: 'pjsip',
  createdAt: now,
  expiresAt: now,
  activatedAt: now,
  peer: {
    id: peer.id,
    name: 'Lisbon',
    publicKey: peer.publicKey,
    url: 'https://lisbon.example',
    certificate: peer.certificate,
    trunk: { kind: 'pjsip', host: 'lisbon.example', port: 5071 },
  },
};
const strangersInterlink: Interlink = {
  ...interlink,
  id: 'zzzzzzzzzzzzzzzzzzzzzzzzzz',
  peer: {
    ...(interlink.peer as NonNullable<Interlink['peer']>),
    id: stranger.id,
    publicKey: stranger.publicKey,
  },
};

const claims: RequestClaims = {
  iss: peer.id,
  aud: own.id,
  lnk: interlink.id,
  iat: seconds,
  exp: seconds + 60,
  jti: newTokenId(),
  bsh: bodyHash(body),
  htm: 'POST',
  htu: paths.lookups,
};

const verifier = new RequestVerifier({
  ownId: own.id,
  findInterlink: async (id) => [interlink, strangersInterlink].find((candidate) => candidate.id === id),
  verifier: new TokenVerifier(),
});

async function verdictOf(token: string, path: string = paths.lookups, method = 'POST'): Promise<string> {
  const verdict = await verifier.verifyHead(`Interlink ${token}`, method, path);
  return typeof verdict === 'string' ? verdict : 'ok';
}

const sign = (changed: object) => requestToken(peer, { ...claims, ...changed });
const signText = (payload: string, header = requestHeader(peer.id)) =>
  rawToken(peer.privateKey, header, payload);

test('a token as the signer makes it is accepted', async () => {
  expect(await verdictOf(await new TokenSigner(peer).signRequest(claims))).toBe('ok');
  expect(await verdictOf(sign({}))).toBe('ok');
});

describe('exactly these claims', () => {
  test.each(Object.keys(claims))('%s missing', async (name) => {
    const entries = Object.entries(claims).filter(([key]) => key !== name);
    expect(await verdictOf(signText(JSON.stringify(Object.fromEntries(entries))))).toBe('token-claims');
  });

  test.each(['nbf', 'sub', 'req', 'sts', '__proto__'])('%s beside them', async (name) => {
    const text = JSON.stringify(claims).replace(/}$/, `,"${name}":1}`);
    expect(await verdictOf(signText(text))).toBe('token-claims');
  });

  test.each(Object.keys(claims))('%s twice', async (name) => {
    const value = JSON.stringify(claims[name as keyof RequestClaims]);
    const text = JSON.stringify(claims).replace(/}$/, `,"${name}":${value}}`);
    expect(await verdictOf(signText(text))).toBe('token-claims');
  });

  test.each(Object.keys(claims))('%s of another type', async (name) => {
    for (const value of [null, [], {}, true, '', -1, 1.5, [claims[name as keyof RequestClaims]], 1e300]) {
      expect(await verdictOf(sign({ [name]: value }))).toBe('token-claims');
    }
    const turned = typeof claims[name as keyof RequestClaims] === 'number' ? String(seconds) : 7;
    expect(await verdictOf(sign({ [name]: turned }))).toBe('token-claims');
  });

  test.each([
    ['aud', 'x'],
    ['lnk', '0123456789ABCDEFGHJKMNPQRS'],
    ['jti', 'short'],
    ['jti', `${newTokenId()}\n`],
    ['bsh', ''],
    ['htm', 'post'],
    ['htu', 'interlink/v1/lookups'],
    ['htu', '/a b'],
  ])('%s as %j', async (name, value) => {
    expect(await verdictOf(sign({ [name]: value }))).toBe('token-claims');
  });

  test.each([
    ['white space', ` ${JSON.stringify(claims)}`],
    ['an escaped character', JSON.stringify(claims).replace('"iss"', String.raw`"\u0069ss"`)],
    ['a number written otherwise', JSON.stringify(claims).replace(`:${seconds},`, `:${seconds}.0,`)],
    ['an array', JSON.stringify([claims])],
    ['no JSON', 'iss'],
    ['nothing but null', 'null'],
  ])('with %s', async (_, text) => {
    expect(await verdictOf(signText(text))).toBe('token-claims');
  });
});

describe('exactly this header', () => {
  const header = { alg: 'Ed25519', typ: 'interlink-req+jwt', kid: peer.id };
  test.each([
    ['alg EdDSA', { ...header, alg: 'EdDSA' }],
    ['alg none', { ...header, alg: 'none' }],
    ['alg HS256', { ...header, alg: 'HS256' }],
    ['a response type', { ...header, typ: 'interlink-res+jwt' }],
    ['type JWT', { ...header, typ: 'JWT' }],
    ['an embedded key', { ...header, jwk: { kty: 'OKP', crv: 'Ed25519', x: stranger.publicKey } }],
    ['b64', { ...header, b64: false, crit: ['b64'] }],
    ['no kid', { alg: header.alg, typ: header.typ }],
    ['no typ', { alg: header.alg, kid: header.kid }],
  ])('%s', async (_, wrong) => {
    expect(await verdictOf(signText(JSON.stringify(claims), JSON.stringify(wrong)))).toBe('token-header');
  });

  test('a doubled member', async () => {
    const text = JSON.stringify(header).replace(/}$/, `,"kid":"${peer.id}"}`);
    expect(await verdictOf(signText(JSON.stringify(claims), text))).toBe('token-header');
  });
});

describe('the raw form', () => {
  test('nothing around it, and one text for each token', async () => {
    const token = sign({});
    const [head, payload, signature] = token.split('.') as [string, string, string];
    for (const wrong of [
      `${token}\n`,
      ` ${token}`,
      `${token}=`,
      `${token}.`,
      `${head}..${signature}`,
      `${head}.${payload}`,
      `${head}.${payload}.`,
      `${head}.${payload}.${signature.slice(1)}`,
      token.replace('.', ','),
      '',
    ]) {
      expect(await verdictOf(wrong)).toBe('token-form');
    }
    expect(await verifier.verifyHead(`interlink ${token}`, 'POST', paths.lookups)).toBe('token-form');
    expect(await verifier.verifyHead(`Bearer ${token}`, 'POST', paths.lookups)).toBe('token-form');
    expect(await verifier.verifyHead(undefined, 'POST', paths.lookups)).toBe('token-form');
  });

  test('base64url with other bits in its last character', async () => {
    const paddings = ['', 'x', 'xx'].map((padding) => JSON.stringify({ ...claims, htu: `/${padding}` }));
    const loose = paddings.filter((text) => text.length % 3 !== 0);
    expect(loose).toHaveLength(2);
    for (const text of loose) {
      const canonical = Buffer.from(text).toString('base64url');
      const last = canonical.charCodeAt(canonical.length - 1);
      const other = canonical.slice(0, -1) + String.fromCharCode(last + 1);
      expect(Buffer.from(other, 'base64url').toString()).toBe(text);
      const [head] = sign({}).split('.');
      expect(await verdictOf(`${head}.${other}.${'A'.repeat(86)}`)).toBe('token-claims');
    }
  });
});

describe('lifetime', () => {
  test.each([61, 3600, 0, -1])('%d s is refused', async (lifetime) => {
    expect(await verdictOf(sign({ exp: seconds + lifetime }))).toBe('token-lifetime');
  });
});

describe('whose it is', () => {
  test('another interlink, or none', async () => {
    expect(await verdictOf(sign({ lnk: 'aaaaaaaaaaaaaaaaaaaaaaaaaa' }))).toBe('interlink');
    expect(await verdictOf(sign({ lnk: strangersInterlink.id }))).toBe('issuer');
  });

  test('another issuer, or another key id', async () => {
    expect(await verdictOf(sign({ iss: stranger.id }))).toBe('issuer');
    expect(await verdictOf(signText(JSON.stringify(claims), requestHeader(stranger.id)))).toBe('issuer');
  });

  test('another linked system does not speak for the peer', async () => {
    const foreign = rawToken(stranger.privateKey, requestHeader(peer.id), JSON.stringify(claims));
    expect(await verdictOf(foreign)).toBe('signature');
  });

  test('for another audience', async () => {
    expect(await verdictOf(sign({ aud: stranger.id }))).toBe('audience');
  });

  test('changed after signing', async () => {
    const [head, , signature] = sign({}).split('.');
    const payload = Buffer.from(JSON.stringify({ ...claims, jti: newTokenId() })).toString('base64url');
    expect(await verdictOf(`${head}.${payload}.${signature}`)).toBe('signature');
  });

  test('for another path, query or method', async () => {
    expect(await verdictOf(sign({}), paths.heartbeats)).toBe('path');
    expect(await verdictOf(sign({}), `${paths.lookups}?x=1`)).toBe('path');
    expect(await verdictOf(sign({}), paths.lookups, 'GET')).toBe('method');
  });
});

const request = { interlink: { ...interlink, peer: interlink.peer as Peer }, claims };

test('for another body', () => {
  expect(isSignedBody(request, body)).toBe(true);
  expect(isSignedBody(request, Buffer.concat([body, Buffer.from(' ')]))).toBe(false);
  expect(isSignedBody(request, Buffer.alloc(0))).toBe(false);
});

test.each([
  [-61, false],
  [-60, true],
  [0, true],
  [120, true],
  [121, false],
])('at %d s from when it was signed: %s', (offset, timely) => {
  expect(isTimely(request, now + offset * 1000)).toBe(timely);
});

test('the signer refuses to sign what others would refuse', async () => {
  await expect(new TokenSigner(peer).signRequest({ ...claims, jti: '' })).rejects.toThrow('jti');
});
