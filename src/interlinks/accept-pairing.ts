import { systemIdOf } from '../domain/ed25519-key.ts';
import type { Identity } from '../domain/identity.ts';
import type { Peer, TrunkSecrets } from '../domain/interlink.ts';
import type { Logger } from '../domain/logger.ts';
import {
  isPairingMac,
  isPairingSignature,
  pairingMac,
  pairingSignature,
  pairingTranscript,
} from '../domain/pairing-proof.ts';
import { hostOf } from '../domain/peer-url.ts';
import { isTrustworthy } from '../domain/trunk-certificate.ts';
import { deriveTrunkSecrets, ephemeralKeyFrom, ephemeralPublicKey } from '../domain/trunk-secrets.ts';
import { mayName } from './host-check.ts';
import type { HostCheck } from './host-check.ts';
import type { InterlinkRegistry } from './interlink-registry.ts';
import type { InterlinkStore, IssuedPairing } from './interlink-store.ts';
import { locationOf, type LocalSystem } from './local-system.ts';
import type { PairingCodec, PairingRequest, RefusalCode } from './pairing-messages.ts';
import type { SealedPairingRequest } from './peer-transport.ts';
import type { StepListener } from './steps.ts';

export interface AcceptPairingDeps {
  readonly store: Pick<InterlinkStore, 'issuedPairing' | 'redeem'>;
  readonly registry: InterlinkRegistry;
  readonly codec: PairingCodec;
  readonly identity: Identity;
  readonly system: () => LocalSystem;
  readonly checkHost: HostCheck;
  readonly now: () => number;
  readonly randomBytes: (length: number) => Uint8Array;
  readonly logger: Logger;
  readonly onStep: StepListener;
}

/** What goes back; MAC and signature are base64url. */
export type PairingResponse =
  | { readonly kind: 'accepted'; readonly body: Uint8Array; readonly mac: string; readonly signature: string }
  | { readonly kind: 'refused'; readonly code: RefusalCode; readonly body: Uint8Array; readonly mac: string };

/** The issuer's side of messages 1 and 2. */
export class AcceptPairing {
  readonly #deps: AcceptPairingDeps;
  readonly #noProofKey: Uint8Array;

  constructor(deps: AcceptPairingDeps) {
    this.#deps = deps;
    this.#noProofKey = deps.randomBytes(32);
  }

  /**
   * Decides about one message 1. The same message again, as after a lost answer, gets the same answer.
   * @returns undefined for who does not prove to hold a key of this system, whatever the reason: such a sender is to
   * learn nothing. The key is not burnt by it.
   */
  async accept(sealed: SealedPairingRequest): Promise<PairingResponse | undefined> {
    const pairing = await this.#deps.store.issuedPairing(sealed.keyId);
    // The MAC is computed for an unknown key as well, so that the time taken does not tell.
    const proofKey = pairing?.proofKey ?? this.#noProofKey;
    const proved = isPairingMac(proofKey, 'request', sealed.body, sealed.mac);
    if (!proved || pairing === undefined) return undefined;
    this.#deps.onStep('request-proved');

    const repeated = this.#answerAgain(pairing, sealed.body);
    if (repeated !== undefined) return repeated;
    const { state } = pairing.interlink;
    if (state !== 'key-ready') return this.#refuse(pairing, sealed, 'used');
    const request = this.#deps.codec.decodeRequest(sealed.body);
    if (request === undefined || !isGenuine(request, sealed)) return this.#refuse(pairing, sealed, 'invalid');
    const peer = await this.#readPeer(request, pairing);
    return typeof peer === 'string'
      ? this.#refuse(pairing, sealed, peer)
      : await this.#redeem(pairing, sealed, request, peer);
  }

  async #readPeer(request: PairingRequest, pairing: IssuedPairing): Promise<Peer | RefusalCode> {
    const system = this.#deps.system();
    const id = systemIdOf(request.publicKey);
    if (id === this.#deps.identity.id) return 'own-key';
    const kind = pairing.interlink.trunkKind;
    const port = request.trunk.kinds.includes(kind) ? request.trunk.ports[kind] : undefined;
    if (port === undefined || system.trunk.ports[kind] === undefined) return 'trunk-unsupported';
    const { publicKey, name, url, certificate, trunk } = request;
    const address = {
      kind,
      host: trunk.host,
      port,
      ...(kind === 'pjsip' && { certificate: trunk.certificate }),
    };
    if (!isTrustworthy(address, id)) return 'invalid';
    if (!(await mayName(this.#deps.checkHost, [hostOf(url), trunk.host]))) return 'address-refused';
    return { id, name, publicKey, url, certificate, trunk: address };
  }

  async #redeem(
    pairing: IssuedPairing,
    sealed: SealedPairingRequest,
    request: PairingRequest,
    peer: Peer,
  ): Promise<PairingResponse> {
    const { store, registry, now, logger, onStep } = this.#deps;
    const { id } = pairing.interlink;
    const made = this.#makeAnswer(pairing, sealed, request, peer);
    if (made === undefined) return this.#refuse(pairing, sealed, 'invalid');
    const { response, secrets } = made;
    const outcome = await store.redeem(id, { now: now(), peer, secrets, request: sealed.body, response });
    switch (outcome.kind) {
      case 'redeemed':
        onStep('key-redeemed');
        await registry.refresh(id);
        logger.info({ interlink: id, peer: peer.id, peerName: peer.name, url: peer.url }, 'key redeemed');
        return this.#seal(pairing, sealed.body, response);
      case 'used': {
        // Perhaps by this very message, sent twice.
        const current = await store.issuedPairing(id);
        const repeated = current === undefined ? undefined : this.#answerAgain(current, sealed.body);
        return repeated ?? this.#refuse(pairing, sealed, 'used');
      }
      case 'expired':
        return this.#refuse(pairing, sealed, 'expired');
      case 'already-linked':
        return this.#refuse(pairing, sealed, 'already-linked', outcome.name);
    }
  }

  #makeAnswer(
    pairing: IssuedPairing,
    sealed: SealedPairingRequest,
    request: PairingRequest,
    peer: Peer,
  ): { readonly response: Uint8Array; readonly secrets: TrunkSecrets } | undefined {
    const { codec, identity, randomBytes } = this.#deps;
    const { name, trunk } = this.#deps.system();
    const { kind } = peer.trunk;
    const location = locationOf(trunk, kind, pairing.interlink.ownAddress?.trunkHost);
    if (location === undefined) return undefined;
    const ephemeral = ephemeralKeyFrom(randomBytes(32));
    const response = codec.encodeAnswer({
      id: pairing.interlink.id,
      publicKey: identity.publicKey,
      name,
      certificate: identity.certificate,
      trunk: { kind, ...location },
      ephemeral: ephemeralPublicKey(ephemeral),
    });
    const transcript = pairingTranscript(sealed.body, response);
    const secrets = deriveTrunkSecrets(ephemeral, request.ephemeral, transcript, 'issuer');
    return secrets === undefined ? undefined : { response, secrets };
  }

  #answerAgain(pairing: IssuedPairing, body: Uint8Array): PairingResponse | undefined {
    const { exchange } = pairing;
    if (exchange === undefined || Buffer.compare(exchange.request, body) !== 0) return undefined;
    return this.#seal(pairing, exchange.request, exchange.response);
  }

  #seal(pairing: IssuedPairing, request: Uint8Array, body: Uint8Array): PairingResponse {
    const transcript = pairingTranscript(request, body);
    return {
      kind: 'accepted',
      body,
      mac: pairingMac(pairing.proofKey, 'answer', transcript),
      signature: pairingSignature(this.#deps.identity.privateKey, 'answer', transcript),
    };
  }

  #refuse(
    pairing: IssuedPairing,
    sealed: SealedPairingRequest,
    code: RefusalCode,
    name?: string,
  ): PairingResponse {
    this.#deps.logger.info({ interlink: pairing.interlink.id, code }, 'pairing refused');
    const body = this.#deps.codec.encodeRefusal({ code, name });
    const mac = pairingMac(pairing.proofKey, 'refusal', pairingTranscript(sealed.body, body));
    return { kind: 'refused', code, body, mac };
  }
}

function isGenuine(request: PairingRequest, sealed: SealedPairingRequest): boolean {
  return (
    request.id === sealed.keyId &&
    isPairingSignature(request.publicKey, 'request', sealed.body, sealed.signature)
  );
}
