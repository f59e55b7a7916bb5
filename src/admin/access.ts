import { isIP } from 'node:net';
import type { FastifyRequest } from 'fastify';
import { fail, type Failure } from '../domain/failure.ts';
import type { RefusalReason } from '../domain/refusal.ts';
import { carriesToken } from './token.ts';

/** What is served without a token: nothing in it says a number, a caller or a secret. See docs/decisions. */
export const openPaths = { health: '/healthz', readiness: '/readyz', metrics: '/metrics' } as const;

const open: ReadonlySet<string | undefined> = new Set(Object.values(openPaths));

/** An address to listen on; `host` without brackets. */
export interface AdminAddress {
  readonly host: string;
  readonly port: number;
}

export interface AdminRefusal {
  readonly reason: Extract<RefusalReason, `admin-${string}`>;
  readonly failure: Failure;
}

/**
 * Why a request is not served: it comes from a page that a browser was lured to (see {@link isOwnHost}), or has no
 * token where one is needed.
 */
export function adminRefusal(
  request: FastifyRequest,
  token: string,
  listen: AdminAddress,
): AdminRefusal | undefined {
  const { host = '', origin, authorization } = request.headers;
  const sameOrigin = origin === undefined || origin.replace(/^https?:\/\//, '') === host;
  if (!isOwnHost(host, listen) || !sameOrigin) {
    const { failure } = fail(
      'unauthorized',
      'The admin API is not served under that name.',
      `Use http://${bracketed(listen.host)}:${listen.port}.`,
    );
    return { reason: 'admin-host', failure };
  }
  if (open.has(request.routeOptions.url) || carriesToken(authorization, token)) return undefined;
  const { failure } = fail(
    'unauthorized',
    'The admin API needs the token of this system.',
    'It stands in admin.token in the data directory; run the command as a user who may read that file.',
  );
  return { reason: 'admin-token', failure };
}

/**
 * Whether a Host header is an IP address, localhost, or the name in `admin.listen`. A page of somebody else can reach
 * this listener by letting a name of its own resolve to it, and then has that name in this header; a page under an IP
 * address was served from there, by this very listener.
 */
function isOwnHost(header: string, { host, port }: AdminAddress): boolean {
  const [, name = ''] = /^(.*):\d+$/.exec(header) ?? [];
  if (header !== `${name}:${port}`) return false;
  const address = /^\[(.*)\]$/.exec(name)?.[1] ?? name;
  return isIP(address) !== 0 || name === 'localhost' || name === bracketed(host);
}

function bracketed(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}
