import type { FastifyRequest } from 'fastify';
import type { AdminPlace } from './access.ts';

/**
 * The cookie of a browser's session: out of reach for scripts, sent by this page alone, and over TLS bound to this very
 * host (RFC 6265bis, `__Host-`). Its name has the port, since cookies do not tell ports apart.
 */
export function sessionCookie(place: AdminPlace, secret: string, maxAgeSeconds: number): string {
  const secure = isSecure(place) ? '; Secure' : '';
  return `${nameOf(place)}=${secret}; Path=/; Max-Age=${maxAgeSeconds}; HttpOnly; SameSite=Strict${secure}`;
}

/** The secret in the cookie of a request. */
export function sessionSecret(
  { headers: { cookie = '' } }: FastifyRequest,
  place: AdminPlace,
): string | undefined {
  const start = `${nameOf(place)}=`;
  const found = cookie.split('; ').find((pair) => pair.startsWith(start));
  return found?.slice(start.length);
}

function nameOf(place: AdminPlace): string {
  return `${isSecure(place) ? '__Host-' : ''}interlinks-${place.listen.port}`;
}

function isSecure({ url }: AdminPlace): boolean {
  return url?.startsWith('https:') === true;
}
