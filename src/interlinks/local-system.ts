import type { Interlink, PeerContact, TrunkKind, TrunkLocation } from '../domain/interlink.ts';

/** Where this system's Asterisk takes calls of linked systems. */
export interface LocalTrunk {
  /** Kinds that are offered, in order of preference; at least one. */
  readonly kinds: readonly [TrunkKind, ...TrunkKind[]];
  /** Host name or IP address. */
  readonly host: string;
  /** A port for each of these, and for `pjsip-plain` where `pjsip` is one. */
  readonly ports: Readonly<Partial<Record<TrunkKind, number>>>;
  /** What Asterisk shows on trunks of kind `pjsip`, PEM. */
  readonly certificate: string;
}

/** What this system tells others about itself, as configured now. */
export interface LocalSystem {
  readonly name: string;
  /** `peer.url`: base URL of the peer listener as others reach it, without a trailing slash. */
  readonly url: string;
  readonly trunk: LocalTrunk;
  /** Peers on loopback addresses are allowed; for test rigs. */
  readonly allowLoopback: boolean;
}

/**
 * Where this system takes calls over a trunk of some kind.
 *
 * @param host instead of the configured one
 * @returns undefined when it has no such trunks
 */
export function locationOf(trunk: LocalTrunk, kind: TrunkKind, host?: string): TrunkLocation | undefined {
  const port = trunk.ports[kind];
  if (port === undefined) return undefined;
  return {
    host: host ?? trunk.host,
    port,
    ...(kind === 'pjsip' && { certificate: trunk.certificate }),
  };
}

/**
 * Where the peer of an interlink reaches this system.
 *
 * @param certificate PEM
 * @returns undefined when this system takes no trunks of the interlink's kind any more
 */
export function contactOf(
  { url, trunk }: LocalSystem,
  certificate: string,
  { ownAddress, trunkKind }: Interlink,
): PeerContact | undefined {
  const location = locationOf(trunk, trunkKind, ownAddress?.trunkHost);
  return location && { url: ownAddress?.url ?? url, certificate, trunk: location };
}
