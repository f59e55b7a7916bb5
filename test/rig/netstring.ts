/** Writes one message as a netstring: length in bytes, colon, message, comma. */
export function encodeNetstring(message: string): string {
  return `${Buffer.byteLength(message)}:${message},`;
}

/** Makes a function that takes a stream in pieces and gives the messages each piece completes. */
export function netstringDecoder(): (chunk: Buffer) => string[] {
  let rest: Buffer = Buffer.alloc(0);
  return (chunk) => {
    rest = Buffer.concat([rest, chunk]);
    const messages: string[] = [];
    for (;;) {
      const colon = rest.indexOf(':');
      const end = colon + 1 + Number(rest.toString('latin1', 0, Math.max(colon, 0)));
      if (colon < 0 || rest.length <= end) return messages;
      messages.push(rest.toString('utf8', colon + 1, end));
      rest = rest.subarray(end + 1);
    }
  };
}
