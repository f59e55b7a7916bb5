import { createServer } from 'node:https';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { once } from 'node:events';
import { createServer as createPlainServer } from 'node:net';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { ActiveInterlink } from '../domain/interlink.ts';
import { withUnreadableKey } from '../domain/testing/samples.ts';
import type { LookupQuery } from '../calls/peer-lookups.ts';
import { silentLogger } from '../interlinks/testing/samples.ts';
import { PeerClient } from './client.ts';
import { makeIdentity } from './identity.ts';
import { activeOn, link, TestSystem } from './testing/test-system.ts';
import { parseRequestToken } from './token-format.ts';
import type { ResponseClaims } from './token-format.ts';
import { bodyHash, newTokenId, TokenSigner } from './tokens.ts';
import { headers } from './wire.ts';

const own = makeIdentity([]);
const peer = makeIdentity(['127.0.0.7']);
const stranger = makeIdentity(['127.0.0.7']);
const query: LookupQuery = {
  number: '201',
  callId: '018f0000-0000-7000-8000-000000000000',
  caller: { number: '101', name: 'A' },
};
const ticket = 'T'.repeat(22);
const answer = JSON.stringify({ status: 'shared', ticket });

interface Reply {
  readonly status?: number;
  readonly body?: string;
  readonly sentBody?: string;
  readonly claims?: Partial<ResponseClaims>;
  readonly signer?: typeof peer;
  readonly token?: string | undefined;
  readonly headers?: Record<string, string>;
}

let server: Server;
let client: PeerClient;
let interlink: ActiveInterlink;
let reply: Reply | 'silence' | 'hang-up';
let allowLoopback: boolean;
let requests: number;

async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
  requests += 1;
  request.resume();
  await once(request, 'end');
  if (reply === 'silence') return;
  if (reply === 'hang-up') {
    request.socket.destroy();
    return;
  }
  const token = parseRequestToken((request.headers.authorization ?? '').replace('Interlink ', ''));
  if (typeof token === 'string') throw new Error(token);
  const { status = 200, body = answer, signer = peer } = reply;
  const iat = Math.floor(Date.now() / 1000);
  const claims: ResponseClaims = {
    iss: signer.id,
    aud: own.id,
    lnk: interlink.id,
    iat,
    exp: iat + 60,
    jti: newTokenId(),
    bsh: bodyHash(Buffer.from(body)),
    req: token.claims.jti,
    sts: status,
    ...reply.claims,
  };
  const signed = 'token' in reply ? reply.token : await new TokenSigner(signer).signResponse(claims);
  if (signed !== undefined) response.setHeader(headers.token, signed);
  response.writeHead(status, reply.headers).end(reply.sentBody ?? body);
}

beforeEach(async () => {
  server = createServer({ key: peer.certificateKey, cert: peer.certificate }).listen(0, '127.0.0.7');
  server.on('request', (request, response) => void respond(request, response));
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
  interlink = {
    id: '0123456789abcdefghjkmnpqrs',
    name: 'Lisbon',
    role: 'issuer',
    state: 'active',
    trunkKind: 'pjsip',
    createdAt: 1,
    expiresAt: 1,
    activatedAt: 1,
    peer: {
      id: peer.id,
      name: 'Lisbon',
      publicKey: peer.publicKey,
      url: `https://127.0.0.7:${port}`,
      certificate: peer.certificate,
      trunk: { kind: 'pjsip', host: '127.0.0.7', port: 5071 },
    },
  };
  reply = {};
  requests = 0;
  allowLoopback = true;
  client = new PeerClient({
    identity: own,
    now: Date.now,
    logger: silentLogger,
    onGone: () => undefined,
    allowLoopback: () => allowLoopback,
    resolve: async (hostname) =>
      hostname === 'mixed.example'
        ? [
            { address: '127.0.0.7', family: 4 },
            { address: '169.254.169.254', family: 4 },
          ]
        : [{ address: '127.0.0.7', family: 4 }],
  });
});

afterEach(async () => {
  vi.useRealTimers();
  await client.close();
  server.closeAllConnections();
  server.close();
});

const never = new AbortController().signal;
const ask = async (signal: AbortSignal = never) => await client.ask(interlink, query, signal);
const at = (host: string) => ({
  ...interlink,
  peer: { ...interlink.peer, url: interlink.peer.url.replace('127.0.0.7', host) },
});

test('a signed answer is believed', async () => {
  expect(await ask()).toEqual({ status: 'shared', ticket });
  reply = { body: '{"status":"unknown","more":1}' };
  expect(await ask()).toEqual({ status: 'unknown' });
});

describe('an answer is not believed', () => {
  test.each<[string, Reply]>([
    ['without a token', { token: undefined }],
    ['with a token that is none', { token: 'x' }],
    ['to another request', { claims: { req: newTokenId() } }],
    ['with another status', { claims: { sts: 404 } }],
    ['with another body', { sentBody: answer.replace('T', 'U') }],
    ['to another system', { claims: { aud: stranger.id } }],
    ['for another interlink', { claims: { lnk: '0'.repeat(26) } }],
    ['signed by another system', { signer: stranger }],
    ['signed by another system in its name', { signer: { ...stranger, id: peer.id } }],
    ['of another issuer', { claims: { iss: stranger.id } }],
    ['under another key id', { signer: { ...peer, id: stranger.id }, claims: { iss: peer.id } }],
    ['of another status', { status: 404 }],
    ['over the size limit', { body: JSON.stringify({ status: 'unknown', more: 'x'.repeat(65 * 1024) }) }],
    ['without a proper ticket', { body: '{"status":"shared","ticket":"a;b"}' }],
    [
      'with a ticket that would end a header',
      { body: JSON.stringify({ status: 'shared', ticket: `${ticket}\r\nX: y` }) },
    ],
    ['that is no JSON', { body: 'hello' }],
    ['with too long a life', { claims: { exp: Math.floor(Date.now() / 1000) + 3600 } }],
  ])('%s', async (_, wrong) => {
    reply = wrong;
    expect(await ask()).toBeUndefined();
    expect(requests).toBe(1);
  });

  test('that tells another time again is not followed a second time', async () => {
    reply = { status: 401, body: JSON.stringify({ code: 'clock', now: Date.now() + 600_000 }) };
    expect(await ask()).toBeUndefined();
    expect(requests).toBe(2);
  });

  test('that sends elsewhere', async () => {
    reply = { status: 302, headers: { location: `${interlink.peer.url}/elsewhere` } };
    expect(await ask()).toBeUndefined();
    expect(requests).toBe(1);
  });
});

describe('never rejects and never waits beyond the signal', () => {
  test('a silent peer', async () => {
    reply = 'silence';
    expect(await ask(AbortSignal.timeout(50))).toBeUndefined();
  });

  test('a silent peer, for 2 s when nobody sets a limit', async () => {
    reply = 'silence';
    const beat = { version: '1', protocol: 1, name: 'Own', trunk: 'up' } as const;
    expect(await client.heartbeat(interlink, beat, never)).toEqual({ kind: 'missed', reason: 'time-out' });
  });

  test('a peer that hangs up', async () => {
    reply = 'hang-up';
    expect(await ask()).toBeUndefined();
  });

  test('nobody there', async () => {
    server.close();
    await once(server, 'close');
    expect(await ask()).toBeUndefined();
  });
});

describe('the connection', () => {
  test('is kept for the next request', async () => {
    const connections: unknown[] = [];
    server.on('secureConnection', (socket) => connections.push(socket));
    for (let count = 0; count < 5; count += 1) await ask();
    expect(connections).toHaveLength(1);
  });

  test('is still there for the next heartbeat', async () => {
    const connections: unknown[] = [];
    server.keepAliveTimeout = 75_000;
    server.on('secureConnection', (socket) => connections.push(socket));
    // Those of the client: the server's are Node.js' own.
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    await ask();
    // Longer than heartbeats are apart, and than clients keep connections if nobody tells them to.
    await vi.advanceTimersByTimeAsync(5500);
    await ask();
    expect(connections).toHaveLength(1);
  });

  test('is pinned to the certificate: nothing is sent to another', async () => {
    interlink = { ...interlink, peer: { ...interlink.peer, certificate: stranger.certificate } };
    expect(await ask()).toBeUndefined();
    expect(requests).toBe(0);
    const beat = { version: '1', protocol: 1, name: 'Own', trunk: 'up' } as const;
    expect(await client.heartbeat(interlink, beat, never)).toEqual({ kind: 'missed', reason: 'certificate' });
  });

  test('reaches nobody by a certificate whose key cannot be read', async () => {
    const certificate = withUnreadableKey(peer.certificate);
    interlink = { ...interlink, peer: { ...interlink.peer, certificate } };
    expect(await ask()).toBeUndefined();
    expect(requests).toBe(0);
  });

  test('follows a changed certificate at once', async () => {
    await ask();
    const pinned = interlink;
    interlink = { ...interlink, peer: { ...interlink.peer, certificate: stranger.certificate } };
    expect(await ask()).toBeUndefined();
    interlink = pinned;
    expect(await ask()).toBeDefined();
  });

  test('goes to no loopback address unless allowed', async () => {
    allowLoopback = false;
    expect(await ask()).toBeUndefined();
    expect(await client.ask(at('lisbon.example'), query, never)).toBeUndefined();
    expect(requests).toBe(0);
  });

  test('goes to the address that was checked', async () => {
    expect(await client.ask(at('lisbon.example'), query, never)).toEqual({ status: 'shared', ticket });
  });

  test('goes nowhere if one of the addresses is refused', async () => {
    expect(await client.ask(at('mixed.example'), query, never)).toBeUndefined();
    expect(requests).toBe(0);
  });

  test('heeds no proxy settings', async () => {
    process.env['HTTPS_PROXY'] = 'http://127.0.0.8:9';
    try {
      expect(await ask()).toBeDefined();
    } finally {
      delete process.env['HTTPS_PROXY'];
    }
  });
});

describe('pairing requests', () => {
  const sealed = { keyId: '0'.repeat(26), mac: 'M', signature: 'S', body: Buffer.from('{}') };

  test('tell what was never sent from what may have arrived', async () => {
    const { url } = interlink.peer;
    reply = 'hang-up';
    expect(await client.requestPairing(url, sealed, never)).toMatchObject({ kind: 'unanswered' });
    expect(requests).toBe(1);
    reply = 'silence';
    expect(await client.requestPairing(url, sealed, AbortSignal.timeout(200))).toMatchObject({
      kind: 'unanswered',
    });
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
    expect(await client.requestPairing(url, sealed, never)).toEqual({
      kind: 'unsent',
      reason: 'ECONNREFUSED',
    });
  });

  test('go to no refused address', async () => {
    const url = at('mixed.example').peer.url;
    expect(await client.requestPairing(url, sealed, never)).toEqual({
      kind: 'unsent',
      reason: 'address-refused',
    });
  });

  test('a server without TLS gets nothing', async () => {
    const plain = createPlainServer((socket) => socket.end('HTTP/1.1 200 OK\r\n\r\n'));
    plain.listen(0, '127.0.0.7');
    await once(plain, 'listening');
    const address = plain.address();
    const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
    expect(await client.requestPairing(`https://127.0.0.7:${port}`, sealed, never)).toMatchObject({
      kind: 'unsent',
    });
    plain.close();
  });
});

test.each([-3_600_000, -600_000, 90_000, 600_000])(
  'a clock %d ms off stops nothing',
  async (clockOffsetMs) => {
    await using berlin = await TestSystem.start({
      name: 'Berlin',
      address: '127.0.0.2',
      answerLookup: () => ({ status: 'shared', ticket }),
    });
    await using lisbon = await TestSystem.start({ name: 'Lisbon', address: '127.0.0.3', clockOffsetMs });
    const id = await link(berlin, lisbon);
    expect(await lisbon.client.ask(activeOn(lisbon, id), query, never)).toEqual({ status: 'shared', ticket });
    expect(await berlin.client.ask(activeOn(berlin, id), query, never)).toEqual({ status: 'unknown' });
    lisbon.clockOffsetMs = 0;
    expect(await lisbon.client.ask(activeOn(lisbon, id), query, never)).toEqual({ status: 'shared', ticket });
  },
);

describe('media tests', () => {
  test.each([
    ['a ticket', 200, { status: 'ready', ticket }, { kind: 'ready', ticket }],
    ['too many tests', 200, { status: 'busy' }, { kind: 'busy' }],
    ['a version without them', 404, { code: 'not-found' }, { kind: 'unsupported' }],
    ['something else', 200, { status: 'ready', ticket: 'a b' }, { kind: 'failed', reason: 'status 200' }],
  ])('are answered with %s', async (_what, status, body, outcome) => {
    reply = { status, body: JSON.stringify(body) };
    expect(await client.beginMediaTest(interlink)).toEqual(outcome);
  });

  test('figures are taken, and nothing else', async () => {
    const figures = { received: 99, sent: 100, target: '203.0.113.7:10012', codec: 'alaw' };
    reply = { body: JSON.stringify({ status: 'measured', figures: { ...figures, more: 1 } }) };
    expect(await client.reportMedia(interlink, ticket)).toEqual(figures);
    for (const wrong of [{ received: -1 }, { target: 'evil; rm' }, { codec: '\u001B[2J' }]) {
      reply = { body: JSON.stringify({ status: 'measured', figures: { ...figures, ...wrong } }) };
      expect(await client.reportMedia(interlink, ticket)).toBeUndefined();
    }
    reply = { body: JSON.stringify({ status: 'unknown' }) };
    expect(await client.reportMedia(interlink, ticket)).toBeUndefined();
  });
});
