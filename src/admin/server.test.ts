import { readFile } from 'node:fs/promises';
import { request } from 'node:http';
import { connect, createServer, type AddressInfo } from 'node:net';
import { resolve } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { EventHub } from '../domain/event-hub.ts';
import { fail, FailureError, ok, type Failure, type FailureCode } from '../domain/failure.ts';
import type { CallRecord } from '../domain/call.ts';
import { activeInterlink, localNumber } from '../domain/testing.ts';
import { AccessControl } from '../access/access-control.ts';
import { MemoryAudit, MemoryTokens } from '../access/testing/memory-access.ts';
import { auditEntries, createdToken, signInLink, tokens } from './access-schema.ts';
import { calls } from './call-schema.ts';
import type { AdminDeps } from './deps.ts';
import { generatedKey, interlink as interlinkView, numbers, problem } from './schema.ts';
import { adminServer } from './server.ts';

const adminToken = 'T'.repeat(43);
const loopback = '127.0.0.1';
const lisbon = activeInterlink('Lisbon');
const watched = {
  interlink: lisbon,
  health: { colour: 'green', reason: 'connected' },
  roundTripMs: 2,
} as const;

let server: FastifyInstance;
let port: number;
const logged: unknown[] = [];
const asked: unknown[] = [];
const refused: unknown[] = [];
const audit = new MemoryAudit();
const access = new AccessControl({ fileToken: adminToken, store: new MemoryTokens(), now: Date.now });
let uptime = 0;
let unready: readonly Failure[];
const ignore = (): void => undefined;
let records: readonly CallRecord[];
let redeemKey: AdminDeps['redeemKey'];

interface Reply {
  readonly status: number;
  readonly type: string;
  readonly text: string;
  readonly cookie: string;
}

/** Sends a request exactly as told, the Host header included. */
async function send(
  path: string,
  sent: { method?: string; headers?: Record<string, string>; body?: string; onBegun?: () => void } = {},
): Promise<Reply> {
  const headers = { host: `${loopback}:${port}`, authorization: `Bearer ${adminToken}`, ...sent.headers };
  return await new Promise((resolve, reject) => {
    const outgoing = request(
      { host: loopback, port, path, method: sent.method ?? 'GET', headers },
      (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
        response.once('data', () => sent.onBegun?.());
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            type: response.headers['content-type'] ?? '',
            text,
            cookie: String(response.headers['set-cookie'] ?? ''),
          }),
        );
      },
    );
    outgoing.on('error', reject).end(sent.body);
  });
}

async function post(path: string, body: unknown, headers: Record<string, string> = {}): Promise<Reply> {
  return await send(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
}

function expectProblem(reply: Reply, status: number, code: FailureCode): void {
  expect(reply).toMatchObject({ status, type: expect.stringMatching(/^application\/problem\+json/) });
  expect(problem.parse(JSON.parse(reply.text))).toMatchObject({ status, code });
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, loopback, resolve));
  const free = (probe.address() as AddressInfo).port;
  await new Promise((resolve) => probe.close(resolve));
  return free;
}

beforeAll(async () => {
  port = await freePort();
  server = adminServer(
    {
      access,
      audit,
      page: undefined,
      now: Date.now,
      uptime: () => uptime,
      system: () => ({
        name: 'Berlin',
        id: 'id',
        version: '1',
        asterisk: { connected: true },
        ami: { connected: true },
        database: 'sqlite',
        config: { file: 'interlinks.yaml', inForceSince: '2026-11-23T17:00:00.000Z', awaitingRestart: [] },
      }),
      interlinks: () => [watched],
      endedInterlinks: async () => [],
      watch: (interlink) => ({ ...watched, interlink }),
      generateKey: async (input) => {
        asked.push(input);
        return ok({ key: 'ilk1-KEY', interlink: lisbon });
      },
      redeemKey: async (input) => await redeemKey(input),
      renameInterlink: async () => fail('name-taken', 'taken', 'Choose another.'),
      setPrefix: async (_id, prefix) => ok({ ...lisbon, ...(prefix !== undefined && { prefix }) }),
      deleteInterlink: async () => fail('not-found', 'no such interlink', 'See the list.'),
      numbers: () => [localNumber('101', { name: 'Reception' }), localNumber('190', { private: true })],
      setPrivate: async () => fail('not-found', 'no such number', 'See the list.'),
      directories: () => [],
      remoteNumbers: () => [],
      examine: async () => [{ level: 'ok', id: 'disk', where: '/var/lib/interlinks', what: 'enough' }],
      testMedia: async () => fail('not-found', 'no such interlink', 'See the list.'),
      explain: async () => fail('not-found', 'nobody', 'Write PJSIP/101.'),
      events: new EventHub({ instance: 'x', capacity: 2, now: () => 0 }),
      calls: { list: async () => records, usage: async () => [] } as unknown as AdminDeps['calls'],
      interlinkName: async (id) => id,
      refusals: { refused: (reason, remote) => void refused.push([reason, remote]) },
      unready: async () => unready,
      metrics: { contentType: 'text/plain', expose: async () => 'metrics' },
      log: { debug: ignore, info: ignore, warn: ignore, error: (fields) => void logged.push(fields) },
    },
    { listen: { host: loopback, port }, url: 'https://page.berlin.example' },
  );
  await server.listen({ host: loopback, port });
});

beforeEach(() => {
  logged.length = 0;
  asked.length = 0;
  refused.length = 0;
  audit.entries.length = 0;
  // Nobody has guessed for a long time.
  uptime += 1_000_000;
  unready = [];
  records = [];
  redeemKey = async () => ok(lisbon);
});

afterAll(async () => await server.close());

describe('the token', () => {
  test.each<[string, Record<string, string>]>([
    ['none', { authorization: '' }],
    ['another', { authorization: `Bearer ${'U'.repeat(43)}` }],
    ['a part of it', { authorization: `Bearer ${adminToken.slice(1)}` }],
    ['one with more behind it', { authorization: `Bearer ${adminToken}T` }],
    ['another scheme', { authorization: `Basic ${adminToken}` }],
    ['an empty one', { authorization: 'Bearer ' }],
  ])('%s: nothing is served, whatever is asked for', async (_, headers) => {
    for (const path of ['/api/v1/system', '/api/v1/interlinks', '/api/v1/events', '/nothing', '/']) {
      expectProblem(await send(path, { headers }), 401, 'unauthorized');
    }
    expectProblem(await post('/api/v1/keys', { name: 'Lisbon' }, headers), 401, 'unauthorized');
    expect(asked).toEqual([]);
    expect(refused).toEqual(Array.from({ length: 6 }, () => ['admin-token', loopback]));
  });

  test('the right one opens', async () => {
    expect((await send('/api/v1/system')).status).toBe(200);
  });
});

describe('a page that a browser was lured to', () => {
  test.each([
    'evil.example',
    'evil.example:80',
    'evil.example:8420@127.0.0.1',
    'localhost',
    '127.0.0.1',
    'localhost:1',
    '127.0.0.1.evil.example',
  ])('is served nothing under its own name: %s', async (host) => {
    for (const path of ['/api/v1/system', '/metrics', '/healthz', '/readyz']) {
      expectProblem(await send(path, { headers: { host } }), 401, 'unauthorized');
    }
    expect(refused).toEqual(Array.from({ length: 4 }, () => ['admin-host', loopback]));
  });

  test.each(['evil.example', 'interlinks.evil.example', '127.0.0.1.evil.example', '[::1].evil.example'])(
    'is served nothing under its own name with the right port: %s',
    async (name) => {
      const headers = { host: `${name}:${port}` };
      for (const path of ['/api/v1/system', '/metrics', '/healthz', '/readyz']) {
        expectProblem(await send(path, { headers }), 401, 'unauthorized');
      }
    },
  );

  test('reads nothing from another address of its own', async () => {
    const headers = { origin: `http://192.0.2.66:${port}` };
    for (const path of ['/api/v1/system', '/metrics', '/readyz']) {
      expectProblem(await send(path, { headers }), 401, 'unauthorized');
    }
  });

  test.each([
    'http://evil.example',
    'null',
    'http://localhost',
    'http://localhost:1',
    'https://evil.example:8420',
  ])('changes nothing from its origin: %s', async (origin) => {
    expectProblem(await post('/api/v1/keys', { name: 'x' }, { origin }), 401, 'unauthorized');
    expect(asked).toEqual([]);
  });

  test('the names of this machine are fine, with the port', async () => {
    for (const name of ['localhost', '127.0.0.1', '[::1]', '192.0.2.1']) {
      const headers = { host: `${name}:${port}`, origin: `http://${name}:${port}` };
      expect((await post('/api/v1/keys', { name: 'x' }, headers)).status).toBe(201);
    }
  });
});

async function bearerOf(scope: 'read' | 'write'): Promise<Record<string, string>> {
  const made = await access.create(`${scope} ${Math.random()}`, scope, undefined);
  return { authorization: `Bearer ${made.ok ? made.value.secret : ''}` };
}

describe('a token', () => {
  test('with the scope read may look, and changes nothing', async () => {
    const headers = await bearerOf('read');
    expect((await send('/api/v1/interlinks', { headers })).status).toBe(200);
    expectProblem(await post('/api/v1/keys', { name: 'x' }, headers), 403, 'forbidden');
    for (const path of ['/api/v1/tokens/1', '/api/v1/interlinks/1']) {
      expectProblem(await send(path, { method: 'DELETE', headers }), 403, 'forbidden');
    }
    expectProblem(await post('/api/v1/sign-in-links', {}, headers), 403, 'forbidden');
    expect([asked, audit.entries]).toEqual([[], []]);
  });

  test('is made, listed with its last use, and revoked', async () => {
    const made = JSON.parse((await post('/api/v1/tokens', { name: 'Scripts', scope: 'write' })).text);
    const { secret, token } = createdToken.parse(made);
    const headers = { authorization: `Bearer ${secret}` };
    expect((await post('/api/v1/keys', { name: 'x' }, headers)).status).toBe(201);
    const listed = await send('/api/v1/tokens');
    expect(listed.text).not.toContain(secret);
    const found = tokens.parse(JSON.parse(listed.text)).tokens.find(({ id }) => id === token.id);
    expect(found).toMatchObject({ name: 'Scripts', lastUsedAt: expect.any(String) });
    expect((await send(`/api/v1/tokens/${token.id}`, { method: 'DELETE' })).status).toBe(200);
    expectProblem(await send('/api/v1/system', { headers }), 401, 'unauthorized');
  });

  test('that sends far more requests than anybody needs is told to wait', async () => {
    const headers = await bearerOf('read');
    const all = await Promise.all(
      Array.from({ length: 650 }, async () => await send('/api/v1/session', { headers })),
    );
    expect(all.filter(({ status }) => status === 200)).toHaveLength(600);
    const refusals = all.filter(({ status }) => status !== 200);
    expect(refusals).toHaveLength(50);
    for (const one of refusals) expectProblem(one, 429, 'too-many-requests');
    expect((await send('/api/v1/session')).status).toBe(200);
  });

  test('that is guessed is refused ever more briefly, and the right one still let in', async () => {
    const headers = { authorization: 'Bearer guessed' };
    for (let i = 0; i < 20; i += 1) {
      expectProblem(await send('/api/v1/system', { headers }), 401, 'unauthorized');
    }
    expectProblem(await send('/api/v1/system', { headers }), 429, 'too-many-requests');
    expectProblem(
      await post('/api/v1/session', { code: 'x' }, { authorization: '' }),
      429,
      'too-many-requests',
    );
    expect((await send('/api/v1/system')).status).toBe(200);
  });
});

describe('a browser', () => {
  const url = 'https://page.berlin.example';
  const host = 'page.berlin.example';

  async function signIn(): Promise<Reply> {
    const link = signInLink.parse(JSON.parse((await post('/api/v1/sign-in-links', {})).text));
    const [, code = ''] = link.url.split('#sign-in=');
    expect(link.url.startsWith(`${url}/#`)).toBe(true);
    return await post('/api/v1/session', { code }, { authorization: '', host, origin: url });
  }

  test('signs in by a link, once, and gets a cookie that stays with this page', async () => {
    const link = signInLink.parse(JSON.parse((await post('/api/v1/sign-in-links', {})).text));
    const [, code = ''] = link.url.split('#sign-in=');
    const headers = { authorization: '', host, origin: url };
    const first = await post('/api/v1/session', { code }, headers);
    expect(first.status).toBe(201);
    expect(first.cookie).toMatch(
      new RegExp(
        `^__Host-interlinks-${port}=[\\w-]{43}; Path=/; Max-Age=\\d+; HttpOnly; SameSite=Strict; Secure$`,
      ),
    );
    expectProblem(await post('/api/v1/session', { code }, headers), 401, 'sign-in-refused');
  });

  test('is known by its cookie, changes things from the page only, and signs out', async () => {
    const [cookie = ''] = (await signIn()).cookie.split(';');
    const headers = { authorization: '', host, cookie };
    expect((await send('/api/v1/session', { headers })).status).toBe(200);
    expectProblem(await post('/api/v1/keys', { name: 'x' }, headers), 401, 'unauthorized');
    const foreign = { ...headers, origin: 'https://evil.example' };
    expectProblem(await post('/api/v1/keys', { name: 'x' }, foreign), 401, 'unauthorized');
    expect((await post('/api/v1/keys', { name: 'x' }, { ...headers, origin: url })).status).toBe(201);

    const out = await send('/api/v1/session', { method: 'DELETE', headers: { ...headers, origin: url } });
    expect([out.status, out.cookie]).toEqual([200, expect.stringContaining('Max-Age=0')]);
    expectProblem(await send('/api/v1/session', { headers }), 401, 'unauthorized');
  });

  test('whose session is revoked gets no more events', async () => {
    const [cookie = ''] = (await signIn()).cookie.split(';');
    const session = (await access.list()).findLast(({ kind }) => kind === 'session');
    const headers = { authorization: '', host, cookie };
    const onBegun = (): void => void access.revoke(session?.id ?? '');
    expect((await send('/api/v1/events', { headers, onBegun })).text).toContain('event: reset');
  });
});

describe('the audit log', () => {
  test('says who did what, also what failed, and of looking nothing', async () => {
    await post('/api/v1/keys', { name: 'Lisbon' }, { 'interlinks-user': 'anna' });
    await send(`/api/v1/interlinks/${lisbon.id}`, {
      method: 'PATCH',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'Porto', was: 'Lisbon' }),
    });
    await send('/api/v1/interlinks');
    const { entries } = auditEntries.parse(JSON.parse((await send('/api/v1/audit')).text));
    expect(entries).toEqual([
      expect.objectContaining({
        who: 'command (admin)',
        action: 'interlink-changed',
        subject: 'Lisbon → Porto',
        failure: 'name-taken',
      }),
      { at: expect.any(String), who: 'command (anna)', action: 'key-generated', subject: 'Lisbon' },
    ]);
  });
});

describe('calls as a table', () => {
  test('quote what has commas and quotes, and leave no formula to a spreadsheet', async () => {
    records = [
      {
        callId: 'c1',
        direction: 'in',
        interlinkId: '=HYPERLINK("https://evil.example","x")',
        caller: '+49',
        dialed: '101',
        channel: 'PJSIP/1',
        startedAt: 0,
        ringingAt: 40,
        answeredAt: undefined,
        endedAt: 1000,
        cause: 17,
        outcome: 'busy',
      },
    ];
    const reply = await send('/api/v1/calls.csv');
    expect(reply.type).toMatch(/^text\/csv/);
    const [head, row] = reply.text.split('\r\n');
    expect(head).toMatch(/^startedAt,direction,interlink,caller,dialed/);
    expect(row).toBe(
      `1970-01-01T00:00:00.000Z,in,"'=HYPERLINK(""https://evil.example"",""x"")",'+49,101,,1970-01-01T00:00:01.000Z,40,,busy,17,c1`,
    );
  });
});

describe('the OpenAPI document', () => {
  test('is served, and is the one in docs', async () => {
    const reply = await send('/api/v1/openapi.json');
    const file = resolve(import.meta.dirname, '../../docs/openapi.json');
    expect(JSON.parse(await readFile(file, 'utf8')), 'run "make example"').toEqual(JSON.parse(reply.text));
  });
});

describe('what monitoring asks for', () => {
  const headers = { authorization: '' };

  test('needs no token', async () => {
    expect(await send('/metrics', { headers })).toMatchObject({ status: 200, text: 'metrics' });
    expect((await send('/metrics?x=1', { headers })).status).toBe(200);
    expect((await send('/healthz', { headers })).status).toBe(200);
    expect(await send('/readyz', { headers })).toMatchObject({
      status: 200,
      text: '{"ready":true,"reasons":[]}',
    });
    expect(refused).toEqual([]);
  });

  test('changes nothing, and opens nothing beside it', async () => {
    expectProblem(await send('/metrics', { method: 'POST', headers }), 401, 'unauthorized');
    expectProblem(await send('/metrics/', { headers }), 401, 'unauthorized');
    expectProblem(await send('/api/v1/calls?/metrics', { headers }), 401, 'unauthorized');
  });

  test('is told in words why calls cannot be taken', async () => {
    const { failure } = fail('ari-unreachable', 'Asterisk does not answer', 'Start it.');
    unready = [failure];
    const reply = await send('/readyz', { headers });
    expect(reply.status).toBe(503);
    expect(JSON.parse(reply.text)).toEqual({ ready: false, reasons: [failure] });
    expect((await send('/healthz', { headers })).status).toBe(200);
  });
});

describe('what is asked for', () => {
  test('is given as the schemas say', async () => {
    const list = JSON.parse((await send('/api/v1/interlinks')).text) as { interlinks: unknown[] };
    expect(interlinkView.parse(list.interlinks[0])).toMatchObject({ name: 'Lisbon', roundTripMs: 2 });
    expect(numbers.parse(JSON.parse((await send('/api/v1/numbers')).text)).numbers).toEqual([
      { number: '101', name: 'Reception', private: false, target: 'PJSIP/101' },
      { number: '190', private: true, target: 'PJSIP/190' },
    ]);
    expect(calls.parse(JSON.parse((await send('/api/v1/calls')).text)).calls).toEqual([]);
  });

  test('a key is generated with the options given, times in milliseconds', async () => {
    const reply = await post('/api/v1/keys', { name: 'Lisbon', trunk: 'iax2', expiresIn: 600 });
    expect(reply.status).toBe(201);
    expect(generatedKey.parse(JSON.parse(reply.text)).key).toBe('ilk1-KEY');
    expect(asked).toEqual([{ name: 'Lisbon', trunkKind: 'iax2', expiresInMs: 600_000 }]);
  });

  test.each<[FailureCode, number]>([
    ['key-used', 409],
    ['key-expired', 410],
    ['key-mistyped', 422],
    ['peer-unreachable', 502],
  ])('a failure %s is a problem with status %d', async (code, status) => {
    redeemKey = async () => fail(code, 'It did not work.', 'Try again.');
    const reply = await post('/api/v1/interlinks', { name: 'Lisbon', key: 'ilk1-X' });
    expectProblem(reply, status, code);
    expect(JSON.parse(reply.text)).toMatchObject({ detail: 'It did not work.', remedy: 'Try again.' });
  });

  test('a failure that is thrown is one as well', async () => {
    redeemKey = async () => await Promise.reject(new FailureError('name-taken', 'taken', 'Choose another.'));
    expectProblem(await post('/api/v1/interlinks', { name: 'x', key: 'y' }), 409, 'name-taken');
  });

  test('what nobody expected is logged, and told without its words', async () => {
    redeemKey = async () => await Promise.reject(new Error('MARKED secret'));
    const reply = await post('/api/v1/interlinks', { name: 'x', key: 'y' });
    expectProblem(reply, 500, 'internal');
    expect(reply.text).not.toContain('MARKED');
    expect(logged).toHaveLength(1);
  });
});

describe('a request that is not understood', () => {
  test.each<[string, unknown]>([
    ['no object', '[]'],
    ['null', 'null'],
    ['broken JSON', '{"name":"x","key":"MARKED"'],
    ['no JSON at all', 'MARKED'],
    ['nothing', ''],
    ['a missing field', { name: 'x' }],
    ['a field too many', { name: 'x', key: 'MARKED', vip: true }],
    ['another type', { name: 1, key: 'MARKED' }],
    ['a key that is too long', { name: 'x', key: 'MARKED'.repeat(1000) }],
    ['a poisoned prototype', '{"name":"x","key":"MARKED","__proto__":{"a":1}}'],
    ['deep JSON', `{"name":${'['.repeat(20_000)}${']'.repeat(20_000)},"key":"MARKED"}`],
  ])('%s: says so, repeats no secret, logs nothing', async (_, body) => {
    const reply = await post('/api/v1/interlinks', body);
    expectProblem(reply, 422, 'request-invalid');
    expect(reply.text).not.toContain('MARKED');
    expect(logged).toEqual([]);
  });

  test('another content type', async () => {
    const reply = await post('/api/v1/keys', '{"name":"x"}', { 'content-type': 'text/plain' });
    expectProblem(reply, 422, 'request-invalid');
    expect(asked).toEqual([]);
  });

  test('a body over 64 KiB', async () => {
    expectProblem(await post('/api/v1/keys', { name: 'x'.repeat(65 * 1024) }), 422, 'request-invalid');
  });

  test.each([
    '/api/v1/calls?limit=0',
    '/api/v1/calls?limit=x',
    '/api/v1/calls?failed=perhaps',
    '/api/v1/calls?since=yesterday',
    '/api/v1/routes/%E0%A4%A',
  ])('%s', async (path) => {
    expectProblem(await send(path), 422, 'request-invalid');
  });

  test('an unknown path or method', async () => {
    expectProblem(await send('/api/v1/nothing'), 404, 'not-found');
    expectProblem(await send('/api/v1/system', { method: 'DELETE' }), 404, 'not-found');
  });

  test('garbage in place of HTTP: the connection ends, and the next one works', async () => {
    const socket = connect(port, loopback);
    socket.on('error', ignore);
    let text = '';
    socket.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
    socket.write('\u0016\u0003\u0001 not HTTP\r\n\r\n');
    await new Promise((resolve) => socket.once('close', resolve));
    expect(text).toBe('');
    expect((await send('/api/v1/system')).status).toBe(200);
    expect(logged).toEqual([]);
  });
});
