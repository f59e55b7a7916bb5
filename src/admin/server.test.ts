import { readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { fail, FailureError, type FailureCode } from '../domain/failure.ts';
import { apiDocument, apiOperations } from './api.ts';
import { calls } from './call-schema.ts';
import type { AdminDeps } from './deps.ts';
import { generatedKey, interlink as interlinkView, numbers } from './schema.ts';
import { adminToken, expectProblem, loopback, TestAdmin } from './testing/test-admin.ts';

const admin = new TestAdmin();

describe('the token', () => {
  test.each<[string, Record<string, string>]>([
    ['none', { authorization: '' }],
    ['another', { authorization: `Bearer ${'U'.repeat(43)}` }],
    ['a part of it', { authorization: `Bearer ${adminToken.slice(1)}` }],
    ['one with more behind it', { authorization: `Bearer ${adminToken}T` }],
    ['another scheme', { authorization: `Basic ${adminToken}` }],
    ['an empty one', { authorization: 'Bearer ' }],
  ])('%s: nothing is served, whatever is asked for', async (_, headers) => {
    for (const path of [
      '/api/v1/system',
      '/api/v1/interlinks',
      '/api/v1/events',
      '/nothing',
      '/index.html',
    ]) {
      expectProblem(await admin.send(path, { headers }), 401, 'unauthorized');
    }
    expectProblem(await admin.post('/api/v1/keys', { name: 'Lisbon' }, headers), 401, 'unauthorized');
    expect(admin.asked).toEqual([]);
    expect(admin.refused).toEqual(Array.from({ length: 6 }, () => ['admin-token', loopback]));
  });

  test('the right one opens', async () => {
    expect((await admin.send('/api/v1/system')).status).toBe(200);
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
      expectProblem(await admin.send(path, { headers: { host } }), 401, 'unauthorized');
    }
    expect(admin.refused).toEqual(Array.from({ length: 4 }, () => ['admin-host', loopback]));
  });

  test.each(['evil.example', 'interlinks.evil.example', '127.0.0.1.evil.example', '[::1].evil.example'])(
    'is served nothing under its own name with the right port: %s',
    async (name) => {
      const headers = { host: `${name}:${admin.port}` };
      for (const path of ['/api/v1/system', '/metrics', '/healthz', '/readyz']) {
        expectProblem(await admin.send(path, { headers }), 401, 'unauthorized');
      }
    },
  );

  test('reads nothing from another address of its own', async () => {
    const headers = { origin: `http://192.0.2.66:${admin.port}` };
    for (const path of ['/api/v1/system', '/metrics', '/readyz']) {
      expectProblem(await admin.send(path, { headers }), 401, 'unauthorized');
    }
  });

  test.each([
    'http://evil.example',
    'null',
    'http://localhost',
    'http://localhost:1',
    'https://evil.example:8420',
  ])('changes nothing from its origin: %s', async (origin) => {
    expectProblem(await admin.post('/api/v1/keys', { name: 'x' }, { origin }), 401, 'unauthorized');
    expect(admin.asked).toEqual([]);
  });

  test('the names of this machine are fine, with the port', async () => {
    for (const name of ['localhost', '127.0.0.1', '[::1]', '192.0.2.1']) {
      const headers = { host: `${name}:${admin.port}`, origin: `http://${name}:${admin.port}` };
      expect((await admin.post('/api/v1/keys', { name: 'x' }, headers)).status).toBe(201);
    }
  });
});

describe('calls as a table', () => {
  test('quote what has commas and quotes, and leave no formula to a spreadsheet', async () => {
    admin.records = [
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
    const reply = await admin.send('/api/v1/calls.csv');
    expect(reply.type).toMatch(/^text\/csv/);
    const [head, row] = reply.text.split('\r\n');
    expect(head).toMatch(/^startedAt,direction,interlink,caller,dialed/);
    expect(row).toBe(
      `1970-01-01T00:00:00.000Z,in,"'=HYPERLINK(""https://evil.example"",""x"")",'+49,101,,1970-01-01T00:00:01.000Z,40,,busy,17,c1`,
    );
  });
});

describe('the OpenAPI document', () => {
  const openApi = z.object({
    paths: z.record(
      z.string(),
      z.record(
        z.string(),
        z.object({ 'x-scope': z.string().optional(), security: z.array(z.object()).optional() }),
      ),
    ),
  });
  const readable = apiOperations({} as AdminDeps, '').filter(
    ({ method, path }) => method === 'GET' && !path.includes('{'),
  );

  test.each(readable.map((operation) => [operation.path, operation] as const))(
    'says what %s gives, and nothing else is given',
    async (path, { answer, contentType }) => {
      const since = '?since=2026-11-27T00:00:00Z&until=2026-11-27T10:00:00Z';
      const { status, text } = await admin.send(`/api/v1${path}${since}`);
      expect(status).toBe(200);
      const given: unknown = contentType === undefined ? JSON.parse(text) : text;
      expect(answer.parse(given)).toEqual(given);
    },
  );

  test('says what takes the scope write, and what needs no token', async () => {
    const made = await admin.access.create('Reader', 'read', undefined);
    const reader = { authorization: `Bearer ${made.ok ? made.value.secret : ''}` };
    const { paths } = openApi.parse(apiDocument(apiOperations({} as AdminDeps, '')));
    const described = Object.entries(paths).flatMap(([path, operations]) =>
      Object.entries(operations).map(([name, says]) => ({ path, method: name.toUpperCase(), says })),
    );
    for (const { path, method, says } of described.filter((one) => one.method !== 'GET')) {
      const [asReader, asNobody] = [
        await admin.send(path, { method, headers: reader }),
        await admin.send(path, { method, headers: { authorization: '' } }),
      ];
      expect(asReader.status === 403, `${method} ${path}`).toBe(says['x-scope'] === 'write');
      expect([401, 429].includes(asNobody.status), `${method} ${path}`).toBe(says.security === undefined);
    }
  });

  test('is served, and is the one in docs', async () => {
    const reply = await admin.send('/api/v1/openapi.json');
    const file = resolve(import.meta.dirname, '../../docs/openapi.json');
    expect(JSON.parse(await readFile(file, 'utf8')), 'run "make example"').toEqual(JSON.parse(reply.text));
  });
});

describe('what monitoring asks for', () => {
  const headers = { authorization: '' };

  test('needs no token', async () => {
    expect(await admin.send('/metrics', { headers })).toMatchObject({ status: 200, text: 'metrics' });
    expect((await admin.send('/metrics?x=1', { headers })).status).toBe(200);
    expect((await admin.send('/healthz', { headers })).status).toBe(200);
    expect(await admin.send('/readyz', { headers })).toMatchObject({
      status: 200,
      text: '{"ready":true,"reasons":[]}',
    });
    expect(admin.refused).toEqual([]);
  });

  test('changes nothing, and opens nothing beside it', async () => {
    expectProblem(await admin.send('/metrics', { method: 'POST', headers }), 401, 'unauthorized');
    expectProblem(await admin.send('/metrics/', { headers }), 401, 'unauthorized');
    expectProblem(await admin.send('/api/v1/calls?/metrics', { headers }), 401, 'unauthorized');
  });

  test('is told in words why calls cannot be taken', async () => {
    const { failure } = fail('ari-unreachable', 'Asterisk does not answer', 'Start it.');
    admin.unready = [failure];
    const reply = await admin.send('/readyz', { headers });
    expect(reply.status).toBe(503);
    expect(JSON.parse(reply.text)).toEqual({ ready: false, reasons: [failure] });
    expect((await admin.send('/healthz', { headers })).status).toBe(200);
  });
});

describe('what is asked for', () => {
  test('is given as the schemas say', async () => {
    const list = JSON.parse((await admin.send('/api/v1/interlinks')).text) as { interlinks: unknown[] };
    expect(interlinkView.parse(list.interlinks[0])).toMatchObject({ name: 'Lisbon', roundTripMs: 2 });
    expect(numbers.parse(JSON.parse((await admin.send('/api/v1/numbers')).text)).numbers).toEqual([
      { number: '101', name: 'Reception', private: false, target: 'PJSIP/101' },
      { number: '190', private: true, target: 'PJSIP/190' },
    ]);
    expect(calls.parse(JSON.parse((await admin.send('/api/v1/calls')).text)).calls).toEqual([]);
  });

  test('a key is generated with the options given, times in milliseconds', async () => {
    const reply = await admin.post('/api/v1/keys', { name: 'Lisbon', trunk: 'iax2', expiresIn: 600 });
    expect(reply.status).toBe(201);
    expect(generatedKey.parse(JSON.parse(reply.text)).key).toBe('ilk1-KEY');
    expect(admin.asked).toEqual([{ name: 'Lisbon', trunkKind: 'iax2', expiresInMs: 600_000 }]);
  });

  test.each<[FailureCode, number]>([
    ['key-used', 409],
    ['key-expired', 410],
    ['key-mistyped', 422],
    ['peer-unreachable', 502],
  ])('a failure %s is a problem with status %d', async (code, status) => {
    admin.redeemKey = async () => fail(code, 'It did not work.', 'Try again.');
    const reply = await admin.post('/api/v1/interlinks', { name: 'Lisbon', key: 'ilk1-X' });
    expectProblem(reply, status, code);
    expect(JSON.parse(reply.text)).toMatchObject({ detail: 'It did not work.', remedy: 'Try again.' });
  });

  test('a failure that is thrown is one as well', async () => {
    admin.redeemKey = async () =>
      await Promise.reject(new FailureError('name-taken', 'taken', 'Choose another.'));
    expectProblem(await admin.post('/api/v1/interlinks', { name: 'x', key: 'y' }), 409, 'name-taken');
  });

  test('what nobody expected is logged, and told without its words', async () => {
    admin.redeemKey = async () => await Promise.reject(new Error('MARKED secret'));
    const reply = await admin.post('/api/v1/interlinks', { name: 'x', key: 'y' });
    expectProblem(reply, 500, 'internal');
    expect(reply.text).not.toContain('MARKED');
    expect(admin.logged).toHaveLength(1);
  });

  test('when the database is gone, that is what is told', async () => {
    admin.redeemKey = async () => await Promise.reject(new Error('connect ECONNREFUSED'));
    const { failure } = fail('database-unreachable', 'The database does not answer', 'Start it.');
    admin.unready = [fail('ari-unreachable', 'Asterisk does not answer', 'Start it.').failure, failure];
    expectProblem(
      await admin.post('/api/v1/interlinks', { name: 'x', key: 'y' }),
      503,
      'database-unreachable',
    );
    expect(admin.logged).toHaveLength(1);
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
    const reply = await admin.post('/api/v1/interlinks', body);
    expectProblem(reply, 422, 'request-invalid');
    expect(reply.text).not.toContain('MARKED');
    expect(admin.logged).toEqual([]);
  });

  test('another content type', async () => {
    const reply = await admin.post('/api/v1/keys', '{"name":"x"}', { 'content-type': 'text/plain' });
    expectProblem(reply, 422, 'request-invalid');
    expect(admin.asked).toEqual([]);
  });

  test('a body over 64 KiB', async () => {
    expectProblem(await admin.post('/api/v1/keys', { name: 'x'.repeat(65 * 1024) }), 422, 'request-invalid');
  });

  test.each([
    '/api/v1/calls?limit=0',
    '/api/v1/calls?limit=x',
    '/api/v1/calls?failed=perhaps',
    '/api/v1/calls?since=yesterday',
    '/api/v1/routes/%E0%A4%A',
  ])('%s', async (path) => {
    expectProblem(await admin.send(path), 422, 'request-invalid');
  });

  test('an unknown path or method', async () => {
    expectProblem(await admin.send('/api/v1/nothing'), 404, 'not-found');
    expectProblem(await admin.send('/api/v1/system', { method: 'DELETE' }), 404, 'not-found');
  });

  test('garbage in place of HTTP: the connection ends, and the next one works', async () => {
    const socket = connect(admin.port, loopback);
    socket.on('error', () => undefined);
    let text = '';
    socket.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
    socket.write('\u0016\u0003\u0001 not HTTP\r\n\r\n');
    await new Promise((resolve) => socket.once('close', resolve));
    expect(text).toBe('');
    expect((await admin.send('/api/v1/system')).status).toBe(200);
    expect(admin.logged).toEqual([]);
  });
});
