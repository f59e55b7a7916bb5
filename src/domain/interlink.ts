/**
 * Life of an interlink as stored. What an admin sees on top of it (green, amber, red) is computed, see health.ts.
 * `key-ready`: generated here, nobody came with it yet. `pairing`: redeemed, not yet confirmed by both sides.
 */
export type InterlinkState = 'key-ready' | 'pairing' | 'active' | 'tombstone';

/** `issuer` generated the authorization key, `redeemer` entered it. */
export type InterlinkRole = 'issuer' | 'redeemer';

/** The channel drivers of Asterisk that carry trunks. */
export type TrunkTechnology = 'pjsip' | 'iax2';

/** `pjsip` is SIP over TLS with SRTP. `pjsip-plain`, SIP and sound in clear, is never offered unless an admin asks. */
export type TrunkKind = TrunkTechnology | 'pjsip-plain';

export function technologyOf(kind: TrunkKind): TrunkTechnology {
  return kind === 'pjsip-plain' ? 'pjsip' : kind;
}

export function isEncrypted(kind: TrunkKind): boolean {
  return kind !== 'pjsip-plain';
}

/** Where a system's Asterisk takes calls: a host name or IP address, and a port. */
export interface TrunkLocation {
  readonly host: string;
  readonly port: number;
  /** What it shows there, PEM; of kind `pjsip` only. */
  readonly certificate?: string | undefined;
}

/** The peer's end of a trunk. */
export interface TrunkAddress extends TrunkLocation {
  readonly kind: TrunkKind;
}

/** The system at the other end, as it proved itself in the pairing. */
export interface Peer {
  /** RFC 7638 thumbprint of the public key, base64url. */
  readonly id: string;
  readonly name: string;
  /** Raw Ed25519 public key, base64url (the `x` of its JWK). */
  readonly publicKey: string;
  /** Base URL of its peer listener, without a trailing slash. */
  readonly url: string;
  /** Its self-signed TLS certificate, PEM; connections are pinned to it. */
  readonly certificate: string;
  readonly trunk: TrunkAddress;
}

/** Where a system is reached, and the certificate that it shows there. */
export interface PeerContact {
  readonly url: string;
  /** PEM. */
  readonly certificate: string;
  readonly trunk: TrunkLocation;
}

/** Where a peer reaches this system, as far as its key said something else than the configuration. */
export interface OwnAddress {
  readonly url: string | undefined;
  readonly trunkHost: string | undefined;
}

export interface Interlink {
  /** 26 characters of lower-case Crockford base32, derived from the authorization key; never used again. */
  readonly id: string;
  /** What this side's admin calls it; unique among interlinks that are not tombstones. */
  readonly name: string;
  readonly role: InterlinkRole;
  readonly state: InterlinkState;
  readonly trunkKind: TrunkKind;
  /** Milliseconds since the epoch, as every time in this interface. */
  readonly createdAt: number;
  /** When an unredeemed key ends; only the issuer knows it. */
  readonly expiresAt: number | undefined;
  readonly activatedAt: number | undefined;
  /** Known from the moment the key was redeemed. */
  readonly peer: Peer | undefined;
  /** Of an unredeemed key: it may have been used or revoked since the backup it comes from, and is refused. */
  readonly issuedBeforeRestore?: true;
  /** Only the issuer may have one. */
  readonly ownAddress?: OwnAddress;
  /** What people here dial before a number of the peer to reach it and nobody else; see prefix.ts. */
  readonly prefix?: string;
}

/** An interlink over which calls and requests may pass. */
export type ActiveInterlink = Interlink & { readonly state: 'active'; readonly peer: Peer };

export function isActive(interlink: Interlink): interlink is ActiveInterlink {
  return interlink.state === 'active' && interlink.peer !== undefined;
}

/**
 * Name of every object and channel of an interlink in Asterisk. Built from the id alone, so that no name an
 * admin chose ever reaches Asterisk's configuration.
 */
export function trunkName(interlinkId: string): string {
  return `il-${interlinkId.slice(0, 16)}`;
}

/** One digest secret for each direction; both sides derive them, neither sends them. */
export interface TrunkSecrets {
  /** With it the peer authenticates to this system. */
  readonly inbound: string;
  /** With it this system authenticates to the peer. */
  readonly outbound: string;
}
