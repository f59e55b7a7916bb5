import type { Identity } from '../domain/identity.ts';
import { pairingMac, pairingSignature } from '../domain/pairing-proof.ts';
import type { Redemption } from './interlink-store.ts';
import { judgeReply } from './pairing-answer.ts';
import type { PairingVerdict } from './pairing-answer.ts';
import type { PairingCodec } from './pairing-messages.ts';
import type { PairingDelivery, PairingTransport } from './peer-transport.ts';

export interface RequestPairingDeps {
  readonly transport: Pick<PairingTransport, 'requestPairing'>;
  readonly codec: PairingCodec;
  readonly identity: Pick<Identity, 'privateKey'>;
}

export type PairingAttempt =
  | Exclude<PairingDelivery, { kind: 'answered' }>
  | { readonly kind: 'answered'; readonly status: number; readonly verdict: PairingVerdict };

/** Sends message 1 of a redemption, the same each time, and verifies what comes back. */
export async function requestPairing(
  { transport, codec, identity }: RequestPairingDeps,
  redemption: Redemption,
  signal: AbortSignal,
): Promise<PairingAttempt> {
  const { id, proofKey, request: body, issuerUrl } = redemption;
  const mac = pairingMac(proofKey, 'request', body);
  const signature = pairingSignature(identity.privateKey, 'request', body);
  const delivery = await transport.requestPairing(issuerUrl, { keyId: id, mac, signature, body }, signal);
  if (delivery.kind !== 'answered') return delivery;
  const { reply } = delivery;
  return { kind: 'answered', status: reply.status, verdict: judgeReply(codec, redemption, reply) };
}
