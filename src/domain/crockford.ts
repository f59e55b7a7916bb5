const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

const values = new Map<string, number>([
  ...Array.from(alphabet).map((symbol, value): [string, number] => [symbol, value]),
  ['O', 0],
  ['I', 1],
  ['L', 1],
]);

/** Crockford base32 (https://www.crockford.com/base32.html) in upper case, without padding or check symbol. */
export function encodeCrockford(bytes: Uint8Array): string {
  let text = '';
  let buffer = 0;
  let bits = 0;
  for (const byte of bytes) {
    buffer = (buffer << 8) | byte;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += alphabet.charAt((buffer >> bits) & 31);
    }
    buffer &= (1 << bits) - 1;
  }
  return bits === 0 ? text : text + alphabet.charAt((buffer << (5 - bits)) & 31);
}

/**
 * Case does not matter; O counts as 0, I and L as 1.
 * @returns undefined for any other character, U included, and for what no encoder writes: a length that is not
 * that of whole bytes, or bits left over that are not zero
 */
export function decodeCrockford(text: string): Uint8Array | undefined {
  const length = Math.floor((text.length * 5) / 8);
  if (Math.ceil((length * 8) / 5) !== text.length) return undefined;
  const bytes = new Uint8Array(length);
  let buffer = 0;
  let bits = 0;
  let position = 0;
  for (const symbol of text.toUpperCase()) {
    const value = values.get(symbol);
    if (value === undefined) return undefined;
    buffer = (buffer << 5) | value;
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      bytes[position] = buffer >> bits;
      position += 1;
      buffer &= (1 << bits) - 1;
    }
  }
  return buffer === 0 ? bytes : undefined;
}
