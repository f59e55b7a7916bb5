import { isIP } from 'node:net';
import type { FastifyRequest } from 'fastify';
import type { AccessControl, Actor } from '../access/access-control.ts';
import type { AccessScope } from '../domain/access-scope.ts';
import { fail, type Failure } from '../domain/failure.ts';
import { hostAndPort } from '../domain/host.ts';
import type { ListenAddress } from '../domain/listen-address.ts';
import { RateLimiter } from '../domain/rate-limiter.ts';
import type { RefusalReason } from '../domain/refusal.ts';
import { sessionSecret } from './session-cookie.ts';

/** Where the admin API is found. */
export interface AdminPlace {
  readonly listen: ListenAddress;
  /** Where browsers find the page, when that is elsewhere, as behind a proxy. */
  readonly url: string | undefined;
}

export interface AdminRefusal {
  /** Undefined where there is no sign of an attack. */
  readonly reason: Extract<RefusalReason, `admin-${string}`> | undefined;
  readonly failure: Failure;
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** What a route takes to be used; left out: `read`. `open` is served to everybody, see docs/decisions. */
    scope?: AccessScope | 'open';
  }
  interface FastifyRequest {
    /** Undefined on open routes. */
    actor: Actor | undefined;
  }
}

/** Guesses of one address: a person who pastes an old link is not shut out, a program that guesses is slowed down. */
const guesses = { burst: 20, perSecond: 1 / 6, maxKeys: 4096 };
/** Requests of one token: far more than a page or a script needs. */
const requests = { burst: 600, perSecond: 100, maxKeys: 4096 };

export interface GateDeps {
  readonly access: AccessControl;
  readonly place: AdminPlace;
  /** Milliseconds since the process began. */
  readonly uptime: () => number;
}

/** Decides who is let in to the admin listener. */
export class Gate {
  readonly #deps: GateDeps;
  readonly #guesses = new RateLimiter(guesses);
  readonly #requests = new RateLimiter(requests);

  constructor(deps: GateDeps) {
    this.#deps = deps;
  }

  /**
   * Why a request is not served: it comes from a page that a browser was lured to (see {@link isOwnHost}), has no token
   * where one is needed or one that may not do that, or there are too many of its kind. The actor is put into it.
   */
  async check(request: FastifyRequest): Promise<AdminRefusal | undefined> {
    const { place, access, uptime } = this.#deps;
    const { host = '', origin } = request.headers;
    const sameOrigin = origin === undefined || origin.replace(/^https?:\/\//, '') === host;
    if (!isOwnHost(host, place) || !sameOrigin) {
      const remedy = `Use ${pageUrl(place)}.`;
      return refusal('admin-host', 'unauthorized', 'The admin API is not served under that name.', remedy);
    }
    const scope = request.routeOptions.config?.scope ?? 'read';
    if (scope === 'open') return undefined;
    const secret = bearer(request) ?? (isFromPage(request) ? sessionSecret(request, place) : undefined);
    const user = request.headers['interlinks-user'];
    const actor = secret && (await access.admit(secret, typeof user === 'string' ? user : undefined));
    if (actor === undefined || actor === '') {
      const refused = this.guessed(request.ip);
      return isOwnPage(request) ? { ...refused, reason: undefined } : refused;
    }
    if (scope === 'write' && actor.scope === 'read') {
      const remedy = 'Use a token with the scope "write".';
      return refusal(undefined, 'forbidden', 'This token may look, and change nothing.', remedy);
    }
    // Whoever has the token in the data directory could stop the service as well.
    if (actor.token !== undefined) {
      if (!this.#requests.allows(actor.token.id, uptime())) return tooMany(undefined);
      this.#requests.charge(actor.token.id, uptime());
    }
    request.actor = actor;
    return undefined;
  }

  /** Refuses somebody who has nothing to show, or the wrong thing, and counts it. @param ip the client's address */
  guessed(ip: string): AdminRefusal {
    const now = this.#deps.uptime();
    if (!this.#guesses.allows(ip, now)) return tooMany('admin-token');
    this.#guesses.charge(ip, now);
    return refusal(
      'admin-token',
      'unauthorized',
      'The admin API needs a token of this system, or a browser that is signed in.',
      'Run "interlinks open" to sign in. The command itself takes admin.token in the data directory, and needs a user who may read that file.',
    );
  }
}

/** Where browsers find the page, without a trailing slash. */
export function pageUrl({ listen, url }: AdminPlace): string {
  if (url !== undefined) return url;
  const host = ['0.0.0.0', '::'].includes(listen.host) ? 'localhost' : listen.host;
  return `http://${hostAndPort({ host, port: listen.port })}`;
}

function bearer({ headers: { authorization } }: FastifyRequest): string | undefined {
  return /^Bearer ([A-Za-z0-9_-]+)$/.exec(authorization ?? '')?.[1];
}

/** A cookie comes along with whatever a browser sends: that it is the page that sends it, Origin says (Fetch standard). */
function isFromPage({ method, headers: { origin } }: FastifyRequest): boolean {
  return method === 'GET' || method === 'HEAD' || origin !== undefined;
}

/** The page itself, whose session is over (Fetch Metadata): it asks once more, and nobody is to be banned for that. */
function isOwnPage(request: FastifyRequest): boolean {
  return request.headers['sec-fetch-site'] === 'same-origin' && bearer(request) === undefined;
}

function refusal(
  reason: AdminRefusal['reason'],
  ...[code, message, remedy]: Parameters<typeof fail>
): AdminRefusal {
  return { reason, failure: fail(code, message, remedy).failure };
}

function tooMany(reason: AdminRefusal['reason']): AdminRefusal {
  return refusal(reason, 'too-many-requests', 'That were too many requests.', 'Wait for a minute.');
}

/**
 * Whether a Host header is an IP address, localhost, or a name in the configuration. A page of somebody else can reach
 * this listener by letting a name of its own resolve to it, and then has that name in this header; a page under an IP
 * address was served from there, by this very listener.
 */
function isOwnHost(header: string, { listen, url }: AdminPlace): boolean {
  if (url !== undefined && header === new URL(url).host) return true;
  const [, name = ''] = /^(.*):\d+$/.exec(header) ?? [];
  if (header !== `${name}:${listen.port}`) return false;
  const address = /^\[(.*)\]$/.exec(name)?.[1] ?? name;
  return isIP(address) !== 0 || name === 'localhost' || header === hostAndPort(listen);
}
