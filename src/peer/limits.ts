import type { RateLimit } from '../domain/rate-limiter.ts';
import type { ConnectionLimits } from './connection-guard.ts';

/** What the peer listener bears. */
export interface PeerLimits {
  readonly connections: ConnectionLimits;
  /** Requests on one connection that wait for their answer. */
  readonly pipelined: number;
  /** For a TLS handshake, for a request's head, and for a whole request, milliseconds. */
  readonly requestMs: number;
  readonly headerBytes: number;
  /** Further headers are ignored. */
  readonly headers: number;
  /** Pairing requests without a proof or with an address that is refused, by sender. A key cannot be guessed; this spares the work. */
  readonly refusedPairings: RateLimit;
  /** Signed requests over one interlink; what is over it waits. */
  readonly requests: RateLimit;
  /** How long it waits, milliseconds. */
  readonly waitMs: number;
}

export const peerLimits: PeerLimits = {
  connections: { unproved: 512, perInterlink: 32 },
  pipelined: 4,
  requestMs: 10_000,
  headerBytes: 8 * 1024,
  headers: 64,
  refusedPairings: { burst: 30, perSecond: 0.5, maxKeys: 4096 },
  requests: { burst: 400, perSecond: 200, maxKeys: 10_000 },
  waitMs: 500,
};
