import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeCrockford, encodeCrockford } from './crockford.ts';

test('reads back what it wrote, in either case', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 80 }), fc.boolean(), (bytes, lower) => {
      const text = encodeCrockford(bytes);
      expect(decodeCrockford(lower ? text.toLowerCase() : text)).toEqual(bytes);
    }),
  );
});

test('writes 16 bytes as 26 characters', () => {
  expect(encodeCrockford(new Uint8Array(16).fill(255))).toBe('ZZZZZZZZZZZZZZZZZZZZZZZZZW');
});

test('takes O for 0 and I and L for 1', () => {
  expect(decodeCrockford('oOiIlL00')).toEqual(decodeCrockford('00111100'));
});

test('has one text for each value', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[0-9A-HJKMNP-TV-Z]{0,20}$/), (text) => {
      const bytes = decodeCrockford(text);
      if (bytes !== undefined) expect(encodeCrockford(bytes)).toBe(text);
    }),
  );
});

test.each(['U0', '0-', '0 ', 'é0', '0', '000', '000000', '01', '0\u017F'])('refuses %j', (text) => {
  expect(decodeCrockford(text)).toBeUndefined();
});
