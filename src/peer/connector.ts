import { X509Certificate } from 'node:crypto';
import { lookup } from 'node:dns/promises';
import type { LookupAddress } from 'node:dns';
import { isIP } from 'node:net';
import type { LookupFunction } from 'node:net';
import { TLSSocket } from 'node:tls';
import { buildConnector } from 'undici';
import { isAddressAllowed } from '../domain/address-policy.ts';
import { Limiter } from '../domain/limiter.ts';

/** Longer than a lookup takes whose name server answers. */
const slowMs = 1000;

/** Resolves a host name to all its addresses. */
export type Resolve = (hostname: string) => Promise<readonly LookupAddress[]>;

export interface ConnectorOptions {
  readonly allowLoopback: () => boolean;
  /** Default: the machine's own resolver. */
  readonly resolve?: Resolve | undefined;
  readonly timeoutMs: number;
  /**
   * PEM of the certificate whose key is accepted and no other; left out: any, and then only the content can be
   * trusted. A certificate that was made again for other addresses has the same key.
   */
  readonly certificate?: string | undefined;
  /** Called as soon as data may be sent. */
  readonly onConnected?: (() => void) | undefined;
}

/** The host is, or resolves to, an address that no peer may have. */
export class AddressRefusedError extends Error {
  override readonly name = 'AddressRefusedError';
}

/** The other end shows a certificate with another key than the pinned one. */
export class CertificateMismatchError extends Error {
  override readonly name = 'CertificateMismatchError';
}

/**
 * Makes the function with which undici opens its connections: TLS 1.2 or later; the host is resolved once, every
 * address checked, and only checked addresses connected to; the certificate's key is compared with the pinned one's before
 * anything is sent. Chains and names are not verified, because trust never comes from them.
 */
export function makeConnector(options: ConnectorOptions): buildConnector.connector {
  const { allowLoopback, resolve = resolveAll, timeoutMs, onConnected } = options;
  const pinned = options.certificate === undefined ? undefined : new X509Certificate(options.certificate);
  const checkedLookup = makeLookup(resolve, allowLoopback);
  const connect = buildConnector({
    rejectUnauthorized: false,
    minVersion: 'TLSv1.2',
    allowH2: false,
    maxCachedSessions: 0,
    timeout: timeoutMs,
    lookup: checkedLookup,
  });
  return (target, callback) => {
    if (isIP(target.hostname) !== 0 && !isAddressAllowed(target.hostname, allowLoopback())) {
      callback(new AddressRefusedError(`address ${target.hostname} refused`), null);
      return;
    }
    connect(target, (...[error, socket]) => {
      if (error !== null) {
        callback(error, null);
        return;
      }
      if (pinned !== undefined && !isPinned(socket, pinned)) {
        socket.destroy();
        callback(new CertificateMismatchError('not the pinned key'), null);
        return;
      }
      onConnected?.();
      callback(null, socket);
    });
  };
}

/** By the machine's own resolver. */
export const resolveAll = sparing(async (hostname) => await lookup(hostname, { all: true }));

/**
 * Looks a name up once at a time: who asks for it meanwhile gets the same answer. Names whose last lookup was slow are
 * looked up one after the other, so that those whose name server is silent take one together of the few threads that
 * wait for answers (two of libuv's four), and leave the others to the rest.
 */
export function sparing(resolve: Resolve): Resolve {
  const underWay = new Map<string, ReturnType<Resolve>>();
  const slow = new Set<string>();
  const oneByOne = new Limiter(1);
  const timed: Resolve = async (hostname) => {
    const began = performance.now();
    try {
      return await resolve(hostname);
    } finally {
      if (performance.now() - began > slowMs) slow.add(hostname);
      else slow.delete(hostname);
    }
  };
  return async (hostname) => {
    let answer = underWay.get(hostname);
    if (answer === undefined) {
      const looking = slow.has(hostname) ? oneByOne.run(async () => await timed(hostname)) : timed(hostname);
      answer = looking.finally(() => underWay.delete(hostname));
      underWay.set(hostname, answer);
    }
    return await answer;
  };
}

function makeLookup(resolve: Resolve, allowLoopback: () => boolean): LookupFunction {
  const find = async (hostname: string): Promise<LookupAddress[] | Error> => {
    try {
      const addresses = await resolve(hostname);
      const refused = addresses.find(({ address }) => !isAddressAllowed(address, allowLoopback()));
      if (refused === undefined) return [...addresses];
      return new AddressRefusedError(`${hostname} is ${refused.address}: refused`);
    } catch (error) {
      return error instanceof Error ? error : new Error(String(error));
    }
  };
  const answer = async (...[hostname, options, callback]: Parameters<LookupFunction>): Promise<void> => {
    const found = await find(hostname);
    if (found instanceof Error) callback(found, '');
    else if (options.all === true) callback(null, found);
    else callback(null, found[0]?.address ?? '', found[0]?.family);
  };
  return (...request) => void answer(...request);
}

/** Nothing catches what is thrown here; a key that cannot be read is no pinned one. */
function isPinned(socket: unknown, pinned: X509Certificate): boolean {
  try {
    const presented = socket instanceof TLSSocket ? socket.getPeerX509Certificate() : undefined;
    return presented?.publicKey.equals(pinned.publicKey) === true;
  } catch {
    return false;
  }
}
