import { clockToleranceMs } from '../domain/health.ts';
import { isActive } from '../domain/interlink.ts';
import type { Peer, PeerContact } from '../domain/interlink.ts';
import type { Logger } from '../domain/logger.ts';
import { hostOf } from '../domain/peer-url.ts';
import { isTrustworthy } from '../domain/trunk-certificate.ts';
import { mayName } from './host-check.ts';
import type { HostCheck } from './host-check.ts';
import type { InterlinkRegistry } from './interlink-registry.ts';
import type { InterlinkStore } from './interlink-store.ts';

export interface FollowPeerDeps {
  readonly store: Pick<InterlinkStore, 'movePeer'>;
  readonly registry: InterlinkRegistry;
  readonly checkHost: HostCheck;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Milliseconds on a clock that never goes back. */
  readonly uptime: () => number;
  readonly logger: Logger;
}

/**
 * A new contact is looked at once in this time. It takes lookups of names, for which there are few threads; and a move
 * makes a trunk anew, in a queue that all interlinks share, and perhaps Asterisk's TLS transport too.
 */
const restMs = 10_000;

/** Follows peers that move to another address, by what their signed heartbeats tell. */
export class FollowPeer {
  readonly #deps: FollowPeerDeps;
  /** By interlink: when the latest contact was told, seconds. A repeated heartbeat must not turn back a move. */
  readonly #toldAt = new Map<string, number>();
  /** By interlink: when a new contact was looked at last, by `uptime`. */
  readonly #lookedAt = new Map<string, number>();
  /** By interlink: the contact that was refused last, so that the log says it once. */
  readonly #refused = new Map<string, string>();

  constructor(deps: FollowPeerDeps) {
    this.#deps = deps;
    deps.registry.subscribe(({ before, after }) => {
      if (before === undefined || after !== undefined) return;
      this.#toldAt.delete(before.id);
      this.#lookedAt.delete(before.id);
      this.#refused.delete(before.id);
    });
  }

  /**
   * Takes over where a peer is reached, if that is new and the address policy allows it. What cannot be written, or
   * comes too soon after another one, is told again by the next heartbeat.
   *
   * @param toldAt when the peer signed it, seconds since the epoch
   */
  async follow(id: string, contact: PeerContact, toldAt: number): Promise<void> {
    const { store, registry, checkHost, logger } = this.#deps;
    const interlink = registry.find(id);
    if (interlink === undefined || !isActive(interlink) || this.#isOld(id, toldAt)) return;
    this.#toldAt.set(id, toldAt);
    const { url, trunk } = contact;
    if (isThere(interlink.peer, contact) || this.#hasJustLooked(id)) return;
    this.#lookedAt.set(id, this.#deps.uptime());
    if (!(await mayName(checkHost, [hostOf(url), trunk.host])))
      return this.#refuse(id, contact, 'the peer says it moved to an address that is not allowed');
    if (!isTrustworthy({ kind: interlink.peer.trunk.kind, ...trunk }, interlink.peer.id))
      return this.#refuse(id, contact, 'the peer moved to a trunk certificate that is not fit for use');
    await store.movePeer(id, contact);
    await registry.refresh(id);
    logger.info({ interlink: id, url, host: trunk.host, port: trunk.port }, 'the peer has moved');
  }

  /** What lies further ahead than a clock may differ was told before this clock was set back. */
  #isOld(id: string, toldAt: number): boolean {
    const latest = this.#toldAt.get(id) ?? 0;
    return toldAt < latest && latest * 1000 <= this.#deps.now() + clockToleranceMs;
  }

  #hasJustLooked(id: string): boolean {
    return this.#deps.uptime() - (this.#lookedAt.get(id) ?? -Infinity) < restMs;
  }

  #refuse(id: string, { url, trunk: { host, port } }: PeerContact, why: string): void {
    const text = `${url} ${host} ${why}`;
    if (this.#refused.get(id) !== text)
      this.#deps.logger.warn({ interlink: id, url, trunk: { host, port } }, why);
    this.#refused.set(id, text);
  }
}

function isThere(peer: Peer, { url, certificate, trunk }: PeerContact): boolean {
  return (
    peer.url === url &&
    peer.certificate === certificate &&
    peer.trunk.host === trunk.host &&
    peer.trunk.port === trunk.port &&
    peer.trunk.certificate === trunk.certificate
  );
}
