import fc from 'fast-check';
import { expect, test } from 'vitest';
import { excerpt, LineIndex, pathText } from './problem.ts';

test.each([
  [[], ''],
  [['numbers', 3, 'ring', 0], 'numbers[3].ring[0]'],
  [['a b', 'c'], '["a b"].c'],
  [['\n'], String.raw`["\n"]`],
])('the path %j is %s', (path, text) => expect(pathText(path)).toBe(text));

test('an excerpt is one short visible line', () => {
  expect(excerpt('a"b\n\u202E\u009B\u2028')).toBe(String.raw`"a\"b\n???"`);
  expect(excerpt('x'.repeat(100))).toBe(`"${'x'.repeat(60)}…"`);
});

test('line and column count from 1, and lead back to the offset', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom('a', '\n', '\r') }), fc.nat(), (text, nat) => {
      const offset = nat % (text.length + 1);
      const { line, column } = new LineIndex(text).position(offset);
      const before = text.split('\n').slice(0, line - 1);
      expect(before.join('\n').length + (line > 1 ? 1 : 0) + column - 1).toBe(offset);
    }),
  );
});

test('an offset outside of the text is at its end', () => {
  const lines = new LineIndex('a\nb');
  expect(lines.position(-1)).toEqual({ line: 1, column: 1 });
  expect(lines.position(99)).toEqual({ line: 2, column: 2 });
});
