import fc from 'fast-check';
import { expect, test } from 'vitest';
import { afterPrefix, findPrefixed, isOwnPrefix, isPrefix, prefixesClash } from './prefix.ts';
import { activeInterlink } from './testing/samples.ts';

const prefix = fc.stringMatching(/^[0-9]{1,6}$/);
const number = fc.stringMatching(/^[0-9*#]{1,14}$/);

test.each(['', '1234567', '8 2', '８２', '82\n', '+49'])('%j is no prefix', (text) => {
  expect(isPrefix(text)).toBe(false);
  expect(isOwnPrefix(text)).toBe(false);
});

test.each(['*82', '82#'])('%s can be dialed before own numbers alone', (text) => {
  expect(isPrefix(text)).toBe(false);
  expect(isOwnPrefix(text)).toBe(true);
});

test('what follows a prefix is the number', () => {
  fc.assert(
    fc.property(prefix, number, (before, after) => {
      expect(isPrefix(before)).toBe(true);
      expect(afterPrefix(before + after, before)).toBe(after);
    }),
  );
  expect(afterPrefix('82', '82')).toBeUndefined();
  expect(afterPrefix('101', '82')).toBeUndefined();
  expect(afterPrefix('101', undefined)).toBeUndefined();
});

test('of prefixes that do not clash, a dialed number has one at most', () => {
  fc.assert(
    fc.property(prefix, prefix, number, (a, b, after) => {
      fc.pre(!prefixesClash(a, b));
      const interlinks = [activeInterlink('A', { prefix: a }), activeInterlink('B', { prefix: b })];
      expect(findPrefixed(interlinks, b + after)).toMatchObject({ interlink: { name: 'B' }, number: after });
      expect(findPrefixed(interlinks.toReversed(), a + after)).toMatchObject({ interlink: { name: 'A' } });
    }),
  );
});
