import type { TrunkAddress, TrunkKind } from '../domain/interlink.ts';

/** Where the redeemer takes calls, for each trunk kind it supports. */
export interface TrunkOffer {
  readonly kinds: readonly TrunkKind[];
  readonly host: string;
  readonly ports: Readonly<Partial<Record<TrunkKind, number>>>;
  /** What it shows on trunks of kind `pjsip`, PEM; there when that kind is offered. */
  readonly certificate?: string | undefined;
}

/** Message 1, redeemer to issuer. */
export interface PairingRequest {
  /** Id of the authorization key, which becomes the interlink's. */
  readonly id: string;
  /** Random; makes each request of a redeemer unlike any other. */
  readonly idempotencyId: string;
  /** Raw Ed25519 public key, base64url. */
  readonly publicKey: string;
  readonly name: string;
  readonly url: string;
  /** PEM. */
  readonly certificate: string;
  readonly trunk: TrunkOffer;
  /** Raw X25519 public key, base64url. */
  readonly ephemeral: string;
}

/**
 * Message 2, issuer to redeemer. It names no URL: the redeemer goes on with the one in the key, which the issuer's
 * admin gave it and which has just worked.
 */
export interface PairingAnswer {
  readonly id: string;
  readonly publicKey: string;
  readonly name: string;
  readonly certificate: string;
  readonly trunk: TrunkAddress;
  readonly ephemeral: string;
}

/** Why the issuer refuses somebody who has proved to hold the key. */
export type RefusalCode =
  'used' | 'expired' | 'already-linked' | 'own-key' | 'trunk-unsupported' | 'address-refused' | 'invalid';

export interface PairingRefusal {
  readonly code: RefusalCode;
  /** With `already-linked`: what the issuer's admin calls the existing interlink. */
  readonly name: string | undefined;
}

/** Port: the pairing messages as bytes. Decoding gives undefined for what is malformed or not safe to use. */
export interface PairingCodec {
  encodeRequest(request: PairingRequest): Uint8Array;
  decodeRequest(bytes: Uint8Array): PairingRequest | undefined;
  encodeAnswer(answer: PairingAnswer): Uint8Array;
  decodeAnswer(bytes: Uint8Array): PairingAnswer | undefined;
  encodeRefusal(refusal: PairingRefusal): Uint8Array;
  decodeRefusal(bytes: Uint8Array): PairingRefusal | undefined;
}
