import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cleanDisplayName, parseDisplayName } from './display-name.ts';

test.each([
  ['  Lisbon ', 'Lisbon'],
  ['Büro 2 (München)', 'Büro 2 (München)'],
  ['Bu\u0308ro', 'Büro'],
  ['😀'.repeat(40), '😀'.repeat(40)],
])('%j is read as %j', (text, name) => {
  expect(parseDisplayName(text)).toBe(name);
});

test.each([
  '',
  '   ',
  'a\nb',
  'a\u0000',
  'a\u202Eb',
  'a\u2066b',
  'a\u200Bb',
  'a\u2028b',
  'x'.repeat(41),
  '\uD800',
])('%j is no name', (text) => {
  expect(parseDisplayName(text)).toBeUndefined();
});

test('a cleaned name is empty or a name', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 100 }), (text) => {
      const name = cleanDisplayName(text);
      if (name !== '') expect(parseDisplayName(name)).toBe(name);
    }),
  );
});
