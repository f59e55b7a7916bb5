/**
 * Writes the few forms of DER (X.690) that a self-signed certificate is made of. Lengths up to 65,535 bytes.
 */

const integerTag = 0x02;
const bitStringTag = 0x03;
const octetStringTag = 0x04;
const objectIdTag = 0x06;
const utf8StringTag = 0x0c;
const utcTimeTag = 0x17;
const generalizedTimeTag = 0x18;
const sequenceTag = 0x30;
const setTag = 0x31;

export function sequence(...items: readonly Uint8Array[]): Buffer {
  return encode(sequenceTag, Buffer.concat(items));
}

export function set(item: Uint8Array): Buffer {
  return encode(setTag, item);
}

/** @param bytes big-endian, not negative: the first bit is zero */
export function integer(bytes: Uint8Array): Buffer {
  return encode(integerTag, bytes);
}

export function bitString(bytes: Uint8Array): Buffer {
  return encode(bitStringTag, Buffer.concat([Buffer.of(0), bytes]));
}

export function octetString(bytes: Uint8Array): Buffer {
  return encode(octetStringTag, bytes);
}

/** @param hex the encoded object identifier */
export function objectId(hex: string): Buffer {
  return encode(objectIdTag, Buffer.from(hex, 'hex'));
}

export function utf8String(text: string): Buffer {
  return encode(utf8StringTag, Buffer.from(text));
}

/** As RFC 5280, 4.1.2.5 wants it: UTCTime through 2049, GeneralizedTime from 2050. */
export function time(date: Date): Buffer {
  const text = `${date.toISOString().slice(0, 19).replaceAll(/\D/g, '')}Z`;
  return date.getUTCFullYear() < 2050
    ? encode(utcTimeTag, Buffer.from(text.slice(2)))
    : encode(generalizedTimeTag, Buffer.from(text));
}

/** Context-specific tag around another encoding. */
export function explicit(tag: number, content: Uint8Array): Buffer {
  return encode(0xa0 | tag, content);
}

/** Context-specific tag in place of a primitive one. */
export function implicit(tag: number, content: Uint8Array): Buffer {
  return encode(0x80 | tag, content);
}

function encode(tag: number, content: Uint8Array): Buffer {
  const { length } = content;
  const head = [tag];
  if (length < 0x80) head.push(length);
  else if (length < 0x1_00) head.push(0x81, length);
  else head.push(0x82, length >> 8, length & 0xff);
  return Buffer.concat([Buffer.from(head), content]);
}
