import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fastify } from 'fastify';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { addPageRoutes, readPage } from './page.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'interlinks-page-'));
  await mkdir(join(folder, 'assets'));
  await writeFile(join(folder, 'index.html'), '<!doctype html>');
  await writeFile(join(folder, 'assets/page-1.js'), 'start()');
});

afterEach(() => rm(folder, { recursive: true }));

async function get(url: string, headers = {}) {
  const page = await readPage(folder);
  const server = fastify();
  addPageRoutes(server, page);
  return await server.inject({ url, headers });
}

test('a page that was not built says so', async () => {
  await rm(join(folder, 'index.html'));
  expect(await readPage(folder)).toBeUndefined();
  expect(await readPage(join(folder, 'missing'))).toBeUndefined();
  const answer = await get('/');
  expect([answer.statusCode, answer.payload]).toEqual([404, expect.stringContaining('make page')]);
});

test('runs its own scripts only, asks this service only, and is framed by nobody', async () => {
  const { headers, payload } = await get('/');
  expect(payload).toBe('<!doctype html>');
  const policy = new Map(
    String(headers['content-security-policy'])
      .split('; ')
      .map((directive) => directive.split(/ (.*)/, 2) as [string, string]),
  );
  expect(policy.get('default-src')).toBe("'none'");
  for (const [directive, allowed] of policy) {
    if (directive.endsWith('-src') && directive !== 'default-src') expect(allowed).toBe("'self'");
  }
  expect(policy.get('frame-ancestors')).toBe("'none'");
  expect(policy.get('form-action')).toBe("'none'");
  expect(headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer' });
});

test('is asked for again only when it has changed', async () => {
  const { headers } = await get('/');
  expect(headers['cache-control']).toBe('no-cache');
  expect((await get('/', { 'if-none-match': headers['etag'] })).statusCode).toBe(304);
  await writeFile(join(folder, 'index.html'), '<!doctype html><title>New</title>');
  expect((await get('/', { 'if-none-match': headers['etag'] })).statusCode).toBe(200);
  const asset = await get('/assets/page-1.js');
  expect(asset.headers).toMatchObject({
    'content-type': 'text/javascript; charset=utf-8',
    'cache-control': 'public, max-age=31536000, immutable',
  });
});

test('nothing beside it is served', async () => {
  for (const url of ['/../secret', '/%2e%2e/secret', '/assets/', '/assets/page-2.js', '/index.html']) {
    expect((await get(url)).statusCode).toBe(404);
  }
});
