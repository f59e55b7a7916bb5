import type { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { fastify } from 'fastify';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Identity } from '../domain/identity.ts';
import type { Interlink } from '../domain/interlink.ts';
import type { ListenAddress } from '../domain/listen-address.ts';
import { listenFailure } from '../domain/listen-failure.ts';
import type { Logger } from '../domain/logger.ts';
import { RateLimiter } from '../domain/rate-limiter.ts';
import type { Refusals } from '../domain/refusal.ts';
import type { PairingResponse } from '../interlinks/accept-pairing.ts';
import { isPaired } from '../interlinks/peer-transport.ts';
import type { SealedPairingRequest } from '../interlinks/peer-transport.ts';
import { toJson } from './json.ts';
import { peerLimits, type PeerLimits } from './limits.ts';
import { ConnectionGuard } from './connection-guard.ts';
import { PairingLimit } from './pairing-limit.ts';
import { addPairingRoute } from './pairing-route.ts';
import { isSignedBody, isTimely, RequestVerifier } from './request-verifier.ts';
import type { SignedRequest } from './request-verifier.ts';
import { gone, signedRoutes } from './routes.ts';
import type { Answer, SignedRoutesDeps } from './routes.ts';
import { maxTokenLifetime, type TokenFault } from './token-format.ts';
import { bodyHash, newTokenId, TokenSigner, TokenVerifier } from './tokens.ts';
import { headers, paths } from './wire.ts';

const maxBodyBytes = 64 * 1024;

/** Well above the heartbeat interval and above what clients keep, so that no call pays for a new connection. */
const keepAliveMs = 75_000;
const closeIdleEveryMs = 20;
const closeWithinMs = 2000;
/** How often requests and connections that take too long are looked for. */
const checkIntervalMs = 1000;

export interface PeerServerDeps extends SignedRoutesDeps {
  readonly identity: Identity;
  /** Finds tombstones as well; see InterlinkRegistry.findEver. */
  readonly findInterlink: (id: string) => Promise<Interlink | undefined>;
  /** A peer has asked over an interlink that has ended, and was answered so. */
  readonly learned: (interlinkId: string) => Promise<void>;
  /** See AcceptPairing. */
  readonly acceptPairing: (request: SealedPairingRequest) => Promise<PairingResponse | undefined>;
  readonly now: () => number;
  readonly logger: Logger;
  readonly refusals: Refusals;
  /** Other ones than the usual. */
  readonly limits?: Partial<PeerLimits> | undefined;
}

/** The HTTPS server that linked systems, and those that want to become such, talk to. */
export class PeerServer {
  readonly #deps: PeerServerDeps;
  readonly #app: FastifyInstance;
  readonly #signer: TokenSigner;
  readonly #verifier: RequestVerifier;
  readonly #signed = new WeakMap<FastifyRequest, SignedRequest>();
  readonly #limits: PeerLimits;
  readonly #guard: ConnectionGuard;
  readonly #pace: RateLimiter;
  /** Requests that wait for their answer, by connection. */
  readonly #waiting = new WeakMap<Socket, number>();

  constructor(deps: PeerServerDeps) {
    this.#deps = deps;
    this.#signer = new TokenSigner(deps.identity);
    this.#verifier = new RequestVerifier({
      ownId: deps.identity.id,
      findInterlink: deps.findInterlink,
      verifier: new TokenVerifier(),
    });
    this.#limits = { ...peerLimits, ...deps.limits };
    this.#guard = new ConnectionGuard(this.#limits.connections);
    this.#pace = new RateLimiter(this.#limits.requests);
    this.#app = this.#build();
  }

  /** @returns the address in use. Throws FailureError `port-taken` */
  async listen(address: ListenAddress): Promise<ListenAddress> {
    try {
      await this.#app.listen({ host: address.host, port: address.port });
    } catch (error) {
      throw listenFailure(address, 'peer.listen', error) ?? error;
    }
    const bound = this.#app.server.address();
    if (bound === null || typeof bound === 'string') throw new Error('the peer server has no address');
    return { host: bound.address, port: bound.port };
  }

  /** Lets requests under way finish for 2 s, and closes each connection as soon as it has none. */
  async close(): Promise<void> {
    // Closing ends the connections that are idle now; one that becomes idle later would be kept alive.
    const idle = setInterval(() => this.#app.server.closeIdleConnections(), closeIdleEveryMs);
    const late = setTimeout(() => this.#app.server.closeAllConnections(), closeWithinMs);
    try {
      await this.#app.close();
    } finally {
      clearInterval(idle);
      clearTimeout(late);
    }
  }

  #build(): FastifyInstance {
    const limits = this.#limits;
    const { identity, logger, acceptPairing, refusals } = this.#deps;
    const app = fastify({
      https: {
        key: identity.certificateKey,
        cert: identity.certificate,
        minVersion: 'TLSv1.2',
        handshakeTimeout: limits.requestMs,
        headersTimeout: limits.requestMs,
        connectionsCheckingInterval: checkIntervalMs,
        maxHeaderSize: limits.headerBytes,
      },
      logger: false,
      bodyLimit: maxBodyBytes,
      keepAliveTimeout: keepAliveMs,
      requestTimeout: limits.requestMs,
      forceCloseConnections: 'idle',
      exposeHeadRoutes: false,
      clientErrorHandler: (_error, socket) => socket.destroy(),
      frameworkErrors: (_error, _request, reply) => void refuse(reply, 400),
    }) as unknown as FastifyInstance;

    app.server.maxHeadersCount = limits.headers;
    this.#guard.watch(app.server);

    // Bodies stay raw: nothing is parsed before its signature or MAC holds.
    app.removeAllContentTypeParsers();
    app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));

    app.addHook('onRequest', async ({ raw: { socket } }, reply) => this.#refusePipelined(socket, reply));
    app.addHook('onRequest', async (request, reply) => await this.#verifyHead(request, reply));
    app.addHook('onResponse', async ({ raw: { socket } }) => this.#countWaiting(socket, -1));
    app.addHook('preHandler', async (request, reply) => await this.#verifyBody(request, reply));
    app.setNotFoundHandler(async (request, reply) => {
      await this.#answer(request, reply, { status: 404, body: { code: 'not-found' } });
    });
    app.setErrorHandler(async (error: FastifyError, request, reply) => {
      const status = error.statusCode ?? 500;
      if (status >= 500) logger.error({ err: error, path: request.routeOptions.url }, 'peer request failed');
      await this.#answer(request, reply, { status, body: { code: status >= 500 ? 'internal' : 'invalid' } });
    });

    addPairingRoute(app, acceptPairing, new PairingLimit(limits.refusedPairings, () => performance.now()), {
      logger,
      refusals,
    });
    for (const { path, handle, maxBodyBytes: bodyLimit = maxBodyBytes } of signedRoutes(this.#deps)) {
      app.post(path, { bodyLimit }, async (request, reply) => {
        const signed = this.#signed.get(request);
        if (signed === undefined) throw new Error('a signed route was reached without a signature');
        await this.#answer(request, reply, await handle(signed, bodyOf(request)));
        return reply;
      });
    }
    return app;
  }

  async #verifyHead(request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
    if (isPairing(request)) return undefined;
    const { authorization } = request.headers;
    const verdict = await this.#verifier.verifyHead(authorization, request.method, request.url);
    if (typeof verdict === 'string') return await this.#refuseUnsigned(request, reply, verdict);
    this.#signed.set(request, verdict);
    this.#guard.proved(request.raw.socket, verdict.interlink.id);
    await this.#keepPace(verdict.interlink.id);
    return undefined;
  }

  /** Who asks without pause waits for each answer, so that the others do not wait for theirs. */
  async #keepPace(interlink: string): Promise<void> {
    const now = performance.now();
    const within = this.#pace.allows(interlink, now);
    if (this.#pace.charge(interlink, now)) {
      this.#deps.logger.warn({ interlink }, 'too many requests over one interlink; they are slowed down');
    }
    if (!within) await delay(this.#limits.waitMs);
  }

  /**
   * Nobody needs pipelining, and with it a few connections could keep the service busy for all. A few requests are
   * let through, because the next one may come before the last answer counts as sent.
   */
  #refusePipelined(socket: Socket, reply: FastifyReply): unknown {
    if (this.#countWaiting(socket, 1) <= this.#limits.pipelined) return undefined;
    socket.destroy();
    return reply.hijack();
  }

  #countWaiting(socket: Socket, change: number): number {
    const count = (this.#waiting.get(socket) ?? 0) + change;
    this.#waiting.set(socket, count);
    return count;
  }

  async #verifyBody(request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
    const signed = this.#signed.get(request);
    if (signed === undefined) return undefined;
    if (!isSignedBody(signed, bodyOf(request))) return await this.#refuseUnsigned(request, reply, 'body');
    const now = this.#deps.now();
    if (!isTimely(signed, now)) {
      await this.#answer(request, reply, { status: 401, body: { code: 'clock', now } });
      return reply;
    }
    // As it is now: it may have ended while the body was on its way.
    const current = await this.#deps.findInterlink(signed.interlink.id);
    if (current !== undefined && isPaired(current) && current.state !== 'tombstone') {
      this.#signed.set(request, { ...signed, interlink: current });
      return undefined;
    }
    await this.#answer(request, reply, gone);
    await this.#deps.learned(signed.interlink.id);
    return reply;
  }

  async #refuseUnsigned(
    request: FastifyRequest,
    reply: FastifyReply,
    fault: TokenFault,
  ): Promise<FastifyReply> {
    this.#signed.delete(request);
    const reason = fault === 'interlink' ? 'peer-interlink' : 'peer-token';
    this.#deps.refusals.refused(reason, request.ip, { fault });
    await refuse(reply, 401);
    return reply;
  }

  /** Signed for who signed; others get the bare status. */
  async #answer(request: FastifyRequest, reply: FastifyReply, answer: Answer): Promise<void> {
    const signed = this.#signed.get(request);
    if (signed === undefined) {
      await refuse(reply, answer.status);
      return;
    }
    const body = toJson(answer.body);
    const iat = Math.floor(this.#deps.now() / 1000);
    const token = await this.#signer.signResponse({
      iss: this.#deps.identity.id,
      aud: signed.interlink.peer.id,
      lnk: signed.interlink.id,
      iat,
      exp: iat + maxTokenLifetime,
      jti: newTokenId(),
      bsh: bodyHash(body),
      req: signed.claims.jti,
      sts: answer.status,
    });
    await reply
      .code(answer.status)
      .header('content-type', 'application/json')
      .header(headers.token, token)
      .send(body);
  }
}

function isPairing(request: FastifyRequest): boolean {
  return request.routeOptions.url === paths.pairings;
}

function bodyOf(request: FastifyRequest): Uint8Array {
  return Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
}

/** The connection ends, because what follows on it may be the rest of a body that nobody wants. */
async function refuse(reply: FastifyReply, status: number): Promise<void> {
  await reply.code(status).header('connection', 'close').send({ code: 'refused' });
}
