import type { CallRecord } from '../../src/domain/call.ts';
import type { Identity } from '../../src/domain/identity.ts';
import type { Peer, TrunkSecrets } from '../../src/domain/interlink.ts';
import type { IssuedKey, InterlinkStore, Redemption } from '../../src/interlinks/interlink-store.ts';

/** A time like those in production; the samples lie around it. */
export const NOON = 1_790_000_000_000;
export const HOUR = 3_600_000;

export function bytes(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, 'latin1'));
}

/** Every value a byte can have. */
export const allBytes = Uint8Array.from({ length: 256 }, (_, index) => index);

/** An interlink id: 26 characters, different for each number. */
export function linkId(number: number): string {
  return number.toString().padStart(26, '0');
}

export function issuedKey(number: number, changes: Partial<IssuedKey> = {}): IssuedKey {
  return {
    id: linkId(number),
    name: `Office ${number}`,
    trunkKind: 'pjsip',
    proofKey: bytes(`MARKED proof key ${number}`),
    createdAt: NOON + number,
    expiresAt: NOON + HOUR,
    ownAddress: { url: undefined, trunkHost: undefined },
    ...changes,
  };
}

export function redemption(number: number, changes: Partial<Redemption> = {}): Redemption {
  return {
    id: linkId(number),
    name: `Office ${number}`,
    trunkKind: 'pjsip',
    proofKey: bytes(`MARKED proof key ${number}`),
    createdAt: NOON + number,
    issuerIdentity: bytes('0123456789abcdef'),
    issuerUrl: 'https://issuer.example:8443',
    keyEndsAt: NOON + HOUR,
    request: bytes(`MARKED request ${number}`),
    ephemeralKey: bytes(`MARKED ephemeral key ${number}`),
    ...changes,
  };
}

export function peer(number: number, changes: Partial<Peer> = {}): Peer {
  return {
    id: `peer-${number}`,
    name: `Zentrale Zürich ${number} 日本 📞`,
    publicKey: `public key ${number}`,
    url: `https://peer${number}.example:8443`,
    certificate: `certificate ${number}`,
    trunk: { kind: 'pjsip', host: `peer${number}.example`, port: 5071 },
    ...changes,
  };
}

export function secrets(number: number): TrunkSecrets {
  return { inbound: `MARKED inbound ${number}`, outbound: `MARKED outbound ${number}` };
}

/** What a redeemer of the key brings. */
export function redeemer(number: number): Parameters<InterlinkStore['redeem']>[1] {
  return {
    now: NOON,
    peer: peer(number),
    secrets: secrets(number),
    request: bytes(`MARKED request ${number}`),
    response: bytes(`MARKED response ${number}`),
  };
}

/** What the issuer answers. */
export function answer(number: number): Parameters<InterlinkStore['completeRedemption']>[1] {
  return { peer: peer(number), trunkKind: 'pjsip', secrets: secrets(number) };
}

export function identity(number: number): Identity {
  return {
    id: `id ${number}`,
    publicKey: `public key ${number}`,
    privateKey: `private key ${number}`,
    certificate: `certificate ${number}`,
    certificateKey: `certificate key ${number}`,
  };
}

/** A call that has just begun. */
export function call(number: number, changes: Partial<CallRecord> = {}): CallRecord {
  return {
    callId: `call-${number}`,
    direction: 'out',
    interlinkId: linkId(1),
    caller: '101',
    dialed: '201',
    channel: 'PJSIP/101-00000001',
    startedAt: NOON + number,
    ringingAt: undefined,
    answeredAt: undefined,
    endedAt: undefined,
    cause: undefined,
    outcome: undefined,
    ...changes,
  };
}
