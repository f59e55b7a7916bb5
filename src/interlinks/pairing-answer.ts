import { identityPrefixOf, systemIdOf } from '../domain/ed25519-key.ts';
import type { Peer, TrunkSecrets } from '../domain/interlink.ts';
import { isPairingMac, isPairingSignature, pairingTranscript } from '../domain/pairing-proof.ts';
import { isTrustworthy } from '../domain/trunk-certificate.ts';
import { deriveTrunkSecrets } from '../domain/trunk-secrets.ts';
import type { Redemption } from './interlink-store.ts';
import type { PairingCodec, PairingRefusal } from './pairing-messages.ts';
import type { PairingReply } from './peer-transport.ts';

/** What a reply to message 1 amounts to, once it is known whose it is. */
export type PairingVerdict =
  | { readonly kind: 'accepted'; readonly peer: Peer; readonly secrets: TrunkSecrets }
  | { readonly kind: 'refused'; readonly refusal: PairingRefusal }
  /** Not from the holder of the key's secret, or not from the system that the key names. */
  | { readonly kind: 'untrusted' };

/** Verifies a reply: MAC, then content, then that the issuer's key is the one named in the authorization key. */
export function judgeReply(codec: PairingCodec, redemption: Redemption, reply: PairingReply): PairingVerdict {
  const untrusted: PairingVerdict = { kind: 'untrusted' };
  const transcript = pairingTranscript(redemption.request, reply.body);
  const { mac, signature } = reply;
  if (mac === undefined) return untrusted;
  if (isPairingMac(redemption.proofKey, 'refusal', transcript, mac)) {
    const refusal = codec.decodeRefusal(reply.body) ?? { code: 'invalid', name: undefined };
    return { kind: 'refused', refusal };
  }
  if (!isPairingMac(redemption.proofKey, 'answer', transcript, mac) || signature === undefined)
    return untrusted;

  const answer = codec.decodeAnswer(reply.body);
  if (answer === undefined || answer.id !== redemption.id) return untrusted;
  const { publicKey, name, certificate, trunk } = answer;
  const id = systemIdOf(publicKey);
  if (Buffer.compare(identityPrefixOf(id), redemption.issuerIdentity) !== 0) return untrusted;
  if (!isPairingSignature(publicKey, 'answer', transcript, signature)) return untrusted;
  const secrets = deriveTrunkSecrets(redemption.ephemeralKey, answer.ephemeral, transcript, 'redeemer');
  if (secrets === undefined || !isTrustworthy(trunk, id)) return untrusted;
  const peer: Peer = { id, name, publicKey, url: redemption.issuerUrl, certificate, trunk };
  return { kind: 'accepted', peer, secrets };
}
