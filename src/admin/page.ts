import { createHash } from 'node:crypto';
import { readFile, readdir } from 'node:fs/promises';
import { extname, join, relative } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { fail } from '../domain/failure.ts';
import { sendFailure } from './send-failure.ts';

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.md': 'text/markdown; charset=utf-8',
};

/** Nothing but what this service itself serves is loaded, run, sent to, or framed. */
const headers = {
  'content-security-policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
  ].join('; '),
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};

const unbuilt = fail(
  'not-found',
  'The page has not been built.',
  'Run "make page" and start the service again.',
).failure;

interface PageFile {
  readonly type: string;
  readonly content: Buffer;
  readonly etag: string;
}

/** The built page, by path. */
export type Page = ReadonlyMap<string, PageFile>;

/** Reads the page into memory: some hundred kilobytes. @returns undefined when it has not been built */
export async function readPage(folder: string): Promise<Page | undefined> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const files = entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));
  const page = new Map<string, PageFile>();
  for (const file of files) {
    const content = await readFile(file);
    const type = types[extname(file)] ?? 'application/octet-stream';
    const etag = `"${createHash('sha256').update(content).digest('base64url')}"`;
    page.set(`/${relative(folder, file)}`, { type, content, etag });
  }
  return page.has('/index.html') ? page : undefined;
}

const open = { config: { scope: 'open' } } as const;

/**
 * Adds the page: everybody may load it, since it holds nothing; what it shows takes a session.
 *
 * @param page undefined when it has not been built, as in a checkout of the sources
 */
export function addPageRoutes(server: FastifyInstance, page: Page | undefined): void {
  if (page === undefined) {
    server.get('/', open, async (_request, reply) => sendFailure(reply, unbuilt));
    return;
  }
  for (const [path, { type, content, etag }] of page) {
    const url = path === '/index.html' ? '/' : path;
    server.get(url, open, async (request, reply) => {
      // The names of the others have a digest of their content in them.
      const cache = path.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache';
      void reply.headers({ ...headers, etag, 'cache-control': cache });
      if (request.headers['if-none-match'] === etag) return reply.code(304).send();
      return reply.type(type).send(content);
    });
  }
}
