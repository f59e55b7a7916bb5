/** @returns undefined when the bytes are no JSON in UTF-8 */
export function parseJson(bytes: Uint8Array): unknown {
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    return value;
  } catch {
    return undefined;
  }
}

export function toJson(value: object): Uint8Array {
  return Buffer.from(JSON.stringify(value));
}
