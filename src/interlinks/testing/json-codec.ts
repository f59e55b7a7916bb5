import type { PairingAnswer, PairingCodec, PairingRefusal, PairingRequest } from '../pairing-messages.ts';

const encode = (value: object): Uint8Array => Buffer.from(JSON.stringify(value));

function decode(bytes: Uint8Array): unknown {
  try {
    const value: unknown = JSON.parse(Buffer.from(bytes).toString());
    return value;
  } catch {
    return undefined;
  }
}

/** Writes the messages as they are and checks nothing: the wire format is a matter of src/peer. */
export const jsonCodec: PairingCodec = {
  encodeRequest: encode,
  decodeRequest: (bytes) => decode(bytes) as PairingRequest | undefined,
  encodeAnswer: encode,
  decodeAnswer: (bytes) => decode(bytes) as PairingAnswer | undefined,
  encodeRefusal: encode,
  decodeRefusal: (bytes) => decode(bytes) as PairingRefusal | undefined,
};
