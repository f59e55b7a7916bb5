import type { Directory } from '../domain/directory.ts';
import type { ActiveInterlink, Interlink, Peer, PeerContact } from '../domain/interlink.ts';
import type { TrunkState } from './trunk-provisioner.ts';

/** An interlink whose other side is known, active or about to be. */
export type PairedInterlink = Interlink & { readonly peer: Peer };

export function isPaired(interlink: Interlink): interlink is PairedInterlink {
  return interlink.peer !== undefined;
}

/** Message 1 as it travels. MAC and signature are base64url. */
export interface SealedPairingRequest {
  readonly keyId: string;
  readonly mac: string;
  readonly signature: string;
  readonly body: Uint8Array;
}

/** What came back, unverified: only MAC and signature tell whose it is. */
export interface PairingReply {
  readonly status: number;
  readonly body: Uint8Array;
  readonly mac: string | undefined;
  readonly signature: string | undefined;
}

/** Reasons are stable words, such as `address-refused`, `time-out` or Node's error codes. */
export type PairingDelivery =
  | { readonly kind: 'answered'; readonly reply: PairingReply }
  /** Nothing of the request has left this system. */
  | { readonly kind: 'unsent'; readonly reason: string }
  /** It may have arrived. */
  | { readonly kind: 'unanswered'; readonly reason: string };

/** Port: the redeemer's side of a pairing. */
export interface PairingTransport {
  /** Sends message 1, to an address of the URL's host that the address policy allows. */
  requestPairing(url: string, request: SealedPairingRequest, signal: AbortSignal): Promise<PairingDelivery>;
  /**
   * Sends message 3, signed, over a connection pinned to the peer's certificate.
   * @returns `gone` when the issuer has, signed, no such interlink any more
   */
  confirmPairing(
    interlink: PairedInterlink,
    signal: AbortSignal,
  ): Promise<
    | { readonly kind: 'confirmed' }
    | { readonly kind: 'gone' }
    | { readonly kind: 'unanswered'; readonly reason: string }
  >;
}

/** What a system tells its peer once, and repeats until the peer has acknowledged it. */
export type Notice = { readonly kind: 'deleted' };

export type NoticeOutcome =
  | { readonly kind: 'acknowledged' }
  /** The peer has, signed, no such interlink any more. */
  | { readonly kind: 'gone' }
  | { readonly kind: 'failed'; readonly reason: string };

/** Port: one attempt to tell a peer something; settles within 2 s. */
export interface NoticeTransport {
  notify(interlink: PairedInterlink, notice: Notice, signal: AbortSignal): Promise<NoticeOutcome>;
  /** Closes the connections to the peer of an interlink that has ended. */
  release(interlinkId: string): Promise<void>;
}

/** Which directories a system has; what was lost on the way shows in it. */
export interface DirectoryRevisions {
  /** The revision of what it shares. */
  readonly shares: string;
  /** The revision that it has of the receiver's. */
  readonly has: string | undefined;
}

/** Marks of changes, sealed by whose changes they are, see RestoreWatch. */
export interface ToldHistory {
  /** The sender's latest; left out until the receiver has told back what it remembers. */
  readonly own: string | undefined;
  /** The latest of the receiver's that the sender remembers. */
  readonly yours: string | undefined;
}

/** What a system tells of itself every few seconds. */
export interface Heartbeat {
  /** Version of its software. */
  readonly version: string;
  /** Version of the protocol that it speaks. */
  readonly protocol: number;
  readonly name: string;
  /** How its own Asterisk sees the trunk to the receiver. */
  readonly trunk: TrunkState;
  /** None while the interlink is not active there. */
  readonly directory?: DirectoryRevisions | undefined;
  readonly history?: ToldHistory | undefined;
}

/** A heartbeat as it is sent: with where the sender is reached, so that the peer can follow it. */
export interface Announcement extends Heartbeat {
  readonly contact?: PeerContact | undefined;
}

export interface HeartbeatReply extends Heartbeat {
  /** The answering system's clock, milliseconds since the epoch. */
  readonly now: number;
}

export type HeartbeatOutcome =
  | { readonly kind: 'answered'; readonly reply: HeartbeatReply; readonly roundTripMs: number }
  /** The peer has, signed, no such interlink any more. */
  | { readonly kind: 'gone' }
  | { readonly kind: 'missed'; readonly reason: string };

/** Port: one heartbeat to one peer; settles within 2 s. */
export interface HeartbeatTransport {
  heartbeat(interlink: PairedInterlink, beat: Announcement, signal: AbortSignal): Promise<HeartbeatOutcome>;
}

export type DirectoryDelivery =
  | { readonly kind: 'acknowledged' }
  /** The peer, signed, does not take it; sending it again at once changes nothing. */
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'failed'; readonly reason: string };

/** Port: tells one peer what this system shares; settles within 10 s. */
export interface DirectoryTransport {
  sendDirectory(
    interlink: ActiveInterlink,
    directory: Directory,
    signal: AbortSignal,
  ): Promise<DirectoryDelivery>;
}
