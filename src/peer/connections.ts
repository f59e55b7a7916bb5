import { Client, Pool } from 'undici';
import type { Dispatcher } from 'undici';
import type { Peer } from '../domain/interlink.ts';
import { makeConnector } from './connector.ts';
import type { Resolve } from './connector.ts';

const keepAliveMs = 60_000;
const connectionsPerPeer = 16;
const maxResponseBytes = 64 * 1024;

export interface ConnectionsOptions {
  /** Whether peers may be on loopback addresses; for test rigs. */
  readonly allowLoopback: () => boolean;
  /** Default: the machine's own resolver. */
  readonly resolve?: Resolve | undefined;
}

export interface RawRequest {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  readonly signal: AbortSignal;
}

export interface RawResponse {
  readonly status: number;
  readonly headers: Dispatcher.ResponseData['headers'];
  readonly body: Uint8Array;
}

interface PinnedPool {
  readonly url: string;
  readonly certificate: string;
  readonly pool: Pool;
}

/** Connections to peers: kept alive and pinned to the peer's certificate; no redirects, no proxies. */
export class Connections {
  readonly #options: ConnectionsOptions;
  readonly #pools = new Map<string, PinnedPool>();
  readonly #connectTimeoutMs = 2000;

  constructor(options: ConnectionsOptions) {
    this.#options = options;
  }

  /** POSTs to a linked system. Rejects when there is no whole response before the signal aborts. */
  async post(interlinkId: string, peer: Peer, request: RawRequest): Promise<RawResponse> {
    return await send(this.#poolOf(interlinkId, peer), request);
  }

  /**
   * POSTs once to a system whose certificate is not known yet, over a connection of its own.
   * @param onConnected called before anything is sent; if it was not, the request never left
   */
  async postUnpinned(url: string, request: RawRequest, onConnected: () => void): Promise<RawResponse> {
    const connect = makeConnector({ ...this.#options, timeoutMs: this.#connectTimeoutMs, onConnected });
    const client = new Client(url, { connect, maxResponseSize: maxResponseBytes });
    try {
      return await send(client, request);
    } finally {
      await client.destroy();
    }
  }

  /** Closes the connections of an interlink that has ended. */
  async release(interlinkId: string): Promise<void> {
    const entry = this.#pools.get(interlinkId);
    this.#pools.delete(interlinkId);
    await entry?.pool.destroy();
  }

  async close(): Promise<void> {
    await Promise.all([...this.#pools.keys()].map((id) => this.release(id)));
  }

  #poolOf(interlinkId: string, { url, certificate }: Peer): Pool {
    const existing = this.#pools.get(interlinkId);
    if (existing?.url === url && existing.certificate === certificate) return existing.pool;
    void existing?.pool.close();
    const pool = new Pool(url, {
      connect: makeConnector({ ...this.#options, timeoutMs: this.#connectTimeoutMs, certificate }),
      connections: connectionsPerPeer,
      keepAliveTimeout: keepAliveMs,
      keepAliveMaxTimeout: keepAliveMs,
      maxResponseSize: maxResponseBytes,
    });
    this.#pools.set(interlinkId, { url, certificate, pool });
    return pool;
  }
}

async function send(dispatcher: Dispatcher, request: RawRequest): Promise<RawResponse> {
  const { statusCode, headers, body } = await dispatcher.request({ method: 'POST', ...request });
  return { status: statusCode, headers, body: new Uint8Array(await body.arrayBuffer()) };
}
