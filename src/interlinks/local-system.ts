import type { Interlink, PeerContact, TrunkKind } from '../domain/interlink.ts';

/** Where this system's Asterisk takes calls of linked systems. */
export interface LocalTrunk {
  /** Supported kinds in order of preference; at least one. */
  readonly kinds: readonly [TrunkKind, ...TrunkKind[]];
  /** Host name or IP address. */
  readonly host: string;
  /** A port for each supported kind. */
  readonly ports: Readonly<Partial<Record<TrunkKind, number>>>;
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
  const port = trunk.ports[trunkKind];
  if (port === undefined) return undefined;
  const host = ownAddress?.trunkHost ?? trunk.host;
  return { url: ownAddress?.url ?? url, certificate, trunk: { host, port } };
}
