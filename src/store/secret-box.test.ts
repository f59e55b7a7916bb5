import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { SecretBox } from './secret-box.ts';

const box = new SecretBox(randomBytes(32));
const sealed = box.sealText('interlinks.inbound_secret', '7', 'Geheimnis 日本');

test('what was sealed opens again, bytes and empty ones too', () => {
  expect(box.openText('interlinks.inbound_secret', '7', sealed)).toBe('Geheimnis 日本');
  for (const value of [new Uint8Array(), Uint8Array.from({ length: 256 }, (_, byte) => byte)]) {
    const bytes = box.sealBytes('redemptions.request', '7', value);
    expect(box.openBytes('redemptions.request', '7', bytes)).toStrictEqual(value);
  }
});

test('the same value never looks the same', () => {
  expect(box.sealText('interlinks.inbound_secret', '7', 'Geheimnis 日本')).not.toBe(sealed);
});

test.each([
  ['of another column', () => box.openText('interlinks.outbound_secret', '7', sealed)],
  ['of another row', () => box.openText('interlinks.inbound_secret', '8', sealed)],
  ['of another key', () => new SecretBox(randomBytes(32)).openText('interlinks.inbound_secret', '7', sealed)],
  ['that is not sealed', () => box.openText('interlinks.inbound_secret', '7', 'Geheimnis')],
  ['that is cut off', () => box.openText('interlinks.inbound_secret', '7', sealed.slice(0, 20))],
])('a value %s does not open', (_, open) => {
  expect(open).toThrow('does not open');
});

test('a value in which any byte differs does not open', () => {
  const bytes = Buffer.from(sealed.slice('sealed1:'.length), 'base64url');
  for (const index of bytes.keys()) {
    const damaged = Buffer.from(bytes);
    damaged.writeUInt8(damaged.readUInt8(index) ^ 1, index);
    const text = `sealed1:${damaged.toString('base64url')}`;
    expect(() => box.openText('interlinks.inbound_secret', '7', text)).toThrow('does not open');
  }
});
