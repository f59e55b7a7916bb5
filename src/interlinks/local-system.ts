import type { TrunkKind } from '../domain/interlink.ts';

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
