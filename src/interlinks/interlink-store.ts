import type {
  Interlink,
  OwnAddress,
  Peer,
  PeerContact,
  TrunkKind,
  TrunkSecrets,
} from '../domain/interlink.ts';

/** A key that was generated here and is kept, in derived form only, until somebody redeems it. */
export interface IssuedKey {
  readonly id: string;
  readonly name: string;
  readonly trunkKind: TrunkKind;
  /** 32 bytes, derived from the key's secret; whoever computes MACs with it has seen the key. */
  readonly proofKey: Uint8Array;
  readonly createdAt: number;
  readonly expiresAt: number;
  /** What the key's bearer is told instead of the configured addresses. */
  readonly ownAddress: OwnAddress;
}

/** A key that was entered here. All that is needed to repeat the request after a crash, byte for byte. */
export interface Redemption {
  readonly id: string;
  readonly name: string;
  /** Until the issuer has chosen: the kind that this system takes beside those it takes from anybody. */
  readonly trunkKind: TrunkKind;
  readonly proofKey: Uint8Array;
  readonly createdAt: number;
  /** First 16 bytes of the issuer's id: the one system whose answer counts. */
  readonly issuerIdentity: Uint8Array;
  readonly issuerUrl: string;
  /** When the key ends, by the issuer's clock. */
  readonly keyEndsAt: number;
  /** The request's raw body. */
  readonly request: Uint8Array;
  /** The X25519 private key whose public half is in the request; PKCS #8 DER. */
  readonly ephemeralKey: Uint8Array;
}

/** What the issuer keeps of a pairing; exists as long as the interlink is no tombstone. */
export interface IssuedPairing {
  readonly interlink: Interlink;
  readonly proofKey: Uint8Array;
  /** The request that redeemed the key, and the answer given; a repeat of the request gets the same answer. */
  readonly exchange: { readonly request: Uint8Array; readonly response: Uint8Array } | undefined;
}

/** An interlink that has ended while something about its end is still to be done. */
export interface EndedInterlink {
  /** A tombstone. */
  readonly interlink: Interlink;
  /** Milliseconds since the epoch. */
  readonly endedAt: number;
  /** Asterisk may still have its trunk and its calls. */
  readonly cleanUpDue: boolean;
  /** The peer has not acknowledged the end yet. */
  readonly noticeDue: boolean;
}

/** The live interlink that has the same peer. */
export interface AlreadyLinked {
  readonly kind: 'already-linked';
  readonly id: string;
  readonly name: string;
}

export type RedeemOutcome =
  { readonly kind: 'redeemed' } | { readonly kind: 'used' } | { readonly kind: 'expired' } | AlreadyLinked;

/** Port: the durable state of interlinks. Each method is one transaction; what it acknowledged is on disk. */
export interface InterlinkStore {
  /** All but tombstones, oldest first. */
  list(): Promise<readonly Interlink[]>;
  find(id: string): Promise<Interlink | undefined>;
  secrets(id: string): Promise<TrunkSecrets | undefined>;

  /** @returns 'name-taken' when a live interlink already has that name (compared without regard to case) */
  addIssuedKey(key: IssuedKey): Promise<'added' | 'name-taken'>;
  issuedPairing(id: string): Promise<IssuedPairing | undefined>;
  /**
   * key-ready → pairing, for the first redeemer before `expiresAt` only, decided by one conditional UPDATE.
   * `already-linked` when another live interlink has the same peer id.
   */
  redeem(
    id: string,
    redemption: {
      readonly now: number;
      readonly peer: Peer;
      readonly secrets: TrunkSecrets;
      readonly request: Uint8Array;
      readonly response: Uint8Array;
    },
  ): Promise<RedeemOutcome>;

  /** @returns 'key-known' when an interlink of that id exists or existed here */
  addRedemption(redemption: Redemption): Promise<'added' | 'name-taken' | 'key-known'>;
  /** Redemptions whose interlink is still `pairing`, oldest first. */
  openRedemptions(): Promise<readonly (Redemption & { readonly peer: Peer | undefined })[]>;
  /**
   * Stores what the issuer answered; the interlink stays `pairing` until the confirmation is answered.
   * 'gone' when it is not `pairing` any more, because an admin deleted it meanwhile; the tombstone then keeps the
   * peer, who is to be told.
   */
  completeRedemption(
    id: string,
    answer: { readonly peer: Peer; readonly trunkKind: TrunkKind; readonly secrets: TrunkSecrets },
  ): Promise<'completed' | 'gone' | AlreadyLinked>;
  /** Forgets a redemption that the issuer refused, as if the key had never been entered. */
  dropRedemption(id: string): Promise<void>;

  /**
   * pairing → active; erases the ephemeral key. Of other interlinks with its peer, the peer need not be told any more.
   * @returns false when the interlink is in no state for it
   */
  activate(id: string, now: number): Promise<boolean>;
  /** Changes what this side calls a live interlink. */
  rename(id: string, name: string): Promise<'renamed' | 'name-taken' | 'not-found'>;
  /** Changes the prefix of a live interlink; none with undefined. @returns false when there is no such interlink */
  setPrefix(id: string, prefix: string | undefined): Promise<boolean>;

  /**
   * any state → tombstone; erases secrets and handshake. The clean-up in Asterisk is due from then on where there is a
   * peer, and with `tellPeer` a notice to it: not from an issuer while pairing, whose redeemer asks by itself until it
   * knows. A redeemer that does not know its issuer yet keeps the handshake until the notice is not due any more, or
   * the issuer is known. A tombstone stays as it is.
   * @returns false when there is no such interlink
   */
  bury(id: string, now: number, options: { readonly tellPeer: boolean }): Promise<boolean>;
  /** What {@link bury} kept of the handshake with an issuer that is to be told and not known yet. */
  withdrawnRedemption(id: string): Promise<Redemption | undefined>;
  /** Tombstones with something still to be done, oldest first. */
  unfinishedEnds(): Promise<readonly EndedInterlink[]>;
  /** Asterisk has nothing of this tombstone any more. */
  markCleanedUp(id: string): Promise<void>;
  /** The peer knows that the interlink has ended, or there is none to be told. */
  markPeerTold(id: string): Promise<void>;
  /** The peer of an active interlink is elsewhere now. */
  movePeer(id: string, contact: PeerContact): Promise<void>;
}
