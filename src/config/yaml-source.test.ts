import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { minimal, problemsOf, withNumbers } from './testing/fixture.ts';
import { parseConfig } from './parse.ts';
import { maxBytes } from './yaml-source.ts';

describe('syntax', () => {
  test.each([
    ['a:\n\tb: 1', '2:1', 'A tab is used as indentation | Indent with spaces'],
    [
      'a:\n  b: 1\n c: 2',
      '3:1',
      'The indentation does not fit the lines above | Start all keys of a section,',
    ],
    ['a:\n  b: "x\n  c: 2\n', '2:6', 'A quote is opened here and never closed | Add the closing quote'],
    ["a: 'x", '1:4', 'A quote is opened here and never closed'],
    [
      'a: [b, c\nd: 1',
      '2:1',
      'A list or section was opened with [ or { and is not closed before this place | Close it',
    ],
    ['a: { b: c', '1:10', 'A list or section was opened'],
    ['a: b: c', '1:4', 'There is a second colon in this line | Put the whole value in double quotes'],
    ['a: 1\nb\n', '2:1', 'A key stands here without a value | Write it as "key: value"'],
    ['a: 1\n- b\n', '2:1', 'This line does not fit the lines above | Check quotes, colons, dashes'],
    ['a: @b', '1:4', 'A value cannot start with this character | Put the whole value in double quotes'],
    ['a: "\\q"', '1:5', 'A backslash stands before a character that needs none | Write \\\\ for one'],
    [
      'a: [::]:8443',
      '1:8',
      'There is text after the end of the value | Put the whole value in double quotes',
    ],
    [
      'a: { b: out,${EXTEN},1 }',
      '1:14',
      'A comma is missing, or a value in [ ] or { } needs quotes | Separate',
    ],
    ['a: { "b":1, c:2, "d" : 1, "e" x }', '1:31', 'A comma is missing'],
    ['a: |x\n b', '1:5', 'This is not valid YAML | Check quotes'],
  ])('%j is refused', (text, place, problem) => {
    expect(problemsOf(text)).toEqual([expect.stringContaining(`${place}  | ${problem}`)]);
  });

  test('one line has one problem, and others are told as well', () => {
    expect(problemsOf('a: @b: c\nd: e: f\n').map((problem) => problem.split(' ')[0])).toEqual(['1:4', '2:4']);
  });

  test.each(['', '\n', '# only a comment\n', '---\n', '\uFEFF'])('%j is empty', (text) => {
    expect(problemsOf(text)).toEqual(['1:1  | The file is empty | Start from interlinks.example.yaml']);
  });

  test('a second document is refused', () => {
    expect(problemsOf(`${minimal}---\na: 1\n`)).toEqual([
      '4:1  | A second document begins here | Remove the line with --- and keep one document in the file',
    ]);
  });

  test('a directive does not bring YAML 1.1 back', () => {
    const text = `%YAML 1.1\n---\n${withNumbers('{ number: "101", ring: [PJSIP/1], private: yes }')}`;
    expect(problemsOf(text)).toEqual([
      expect.stringContaining('5:54 numbers[0].private | numbers[0].private must be'),
    ]);
  });

  test('Windows line ends are the same', () => {
    expect(problemsOf(`${minimal}log: { level: loud }\n`.replaceAll('\n', '\r\n'))).toEqual([
      expect.stringContaining('4:15 log.level'),
    ]);
  });
});

describe('what YAML can do and Interlinks does not take', () => {
  test.each([
    [
      'log: { level: debug, level: info }',
      '4:22 log.level',
      'The key "level" stands here a second time, after line 4',
    ],
    ['system: { name: Lisbon }', '4:1 system', 'The key "system" stands here a second time, after line 1'],
    ['<<: { a: 1 }', '4:1 ["<<"]', 'Merge keys (<<) are not supported'],
    ['dataDir: !!str /a', '4:16 dataDir', 'A tag (!...) is not supported'],
    ['log: !x { level: info }', '4:9 log', 'A tag (!...) is not supported'],
    ['dataDir: *here', '4:10 dataDir', '"*here" is no text here but refers to an anchor that is not above'],
    ['? [a]\n: 1', '4:3 [""]', 'A key must be a plain word'],
    ['"": 1', '4:1 [""]', 'A key must be a plain word'],
  ])('%s', (line, place, message) => {
    expect(problemsOf(minimal + line)).toEqual([expect.stringContaining(`${place} | ${message}`)]);
  });
});

describe('anchors', () => {
  test('work, and problems are told where the alias stands', () => {
    const text = withNumbers(
      '{ number: "101", ring: &desk [PJSIP/1], noAnswer: &vm "vm,1,1" }, { number: "102", ring: *desk, noAnswer: *vm }',
    );
    const targets = parseConfig(text, 'f').config?.numbers.map((number) => number.target);
    expect(targets?.[1]).toEqual(targets?.[0]);
    expect(problemsOf(text.replace('"102"', '*vm'))).toEqual([
      expect.stringContaining('3:87 numbers[1].number | numbers[1].number: "vm,1,1" is no internal number'),
    ]);
  });

  test('do not bring a number without quotes in', () => {
    expect(problemsOf(withNumbers('{ name: &n 0101, number: *n, ring: [PJSIP/1] }'))).toEqual([
      expect.stringContaining('3:22 numbers[0].name'),
      expect.stringContaining('3:36 numbers[0].number | numbers[0].number needs quotes'),
    ]);
  });

  test('cannot blow the file up', () => {
    const levels = Array.from({ length: 20 }, (_, index) => {
      return `a${index + 1}: &a${index + 1} [${`*a${index}, `.repeat(20)}]\n`;
    });
    const bomb = `a0: &a0 [x]\n${levels.join('')}`;
    const start = performance.now();
    expect(problemsOf(minimal + bomb)).toContainEqual(
      expect.stringContaining('More than 100 aliases are used'),
    );
    expect(performance.now() - start).toBeLessThan(1000);
  });

  test('may not go round in a circle', () => {
    expect(problemsOf(`${minimal}log: &a [*a]`)).toContainEqual(
      expect.stringContaining('More than 100 aliases'),
    );
  });
});

describe('limits', () => {
  test('size', () => {
    const text = `${minimal}#${'é'.repeat((maxBytes - minimal.length - 1) / 2)}`;
    expect(problemsOf(text)).toEqual([]);
    expect(problemsOf(`${text}..`)).toEqual([
      expect.stringContaining('1:1  | The file is larger than 8 MiB'),
    ]);
  });

  test.each([
    ['a list', `log: [${'x,'.repeat(1_000_000)}]`],
    ['one key', 'a: 1\n'.repeat(400_000)],
  ])('number of values: %s', (_what, text) => {
    expect(problemsOf(minimal + text)).toEqual([
      '1:1  | The file has too many values | Check that this is the configuration of Interlinks',
    ]);
  });

  test('depth', () => {
    expect(problemsOf('['.repeat(100_000))).toEqual([
      '1:21  | The file is nested more than 20 levels deep | Compare it with interlinks.example.yaml',
    ]);
  });
});

describe('whatever the text', () => {
  const fragment = fc.constantFrom(
    ...minimal.split(/(?<=\s)/),

    '- ',
    ': ',
    '? ',
    '[',
    ']',
    '{',
    '}',
    '"',
    "'",
    '&a ',
    '*a',
    '!t ',
    '|',
    '>',
    '%',
    '---\n',
    '...\n',
    '#',

    '\n',
    '\r\n',
    '\t',
    '  ',
    ',',
    '<<: ',
    '101',
    'null',
    'ring: ',
    'private: ',
    'number: ',
    '\uFEFF',
    '\0',
    '\uD800',
  );
  const anyText = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(fragment).map((parts) => parts.join('')),
  );

  test('it is read without an exception, and every problem lies inside of it', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const { config, problems } = parseConfig(text, 'interlinks.yaml');
        expect(problems.length === 0).toBe(config !== undefined);
        const lines = text.split('\n');
        for (const { line, column, message, remedy } of problems) {
          expect(lines[line - 1]).toBeDefined();
          expect(column).toBeGreaterThanOrEqual(1);
          expect(column).toBeLessThanOrEqual((lines[line - 1]?.length ?? 0) + 1);
          expect(`${message}${remedy}`).not.toMatch(/[\p{Cc}]/u);
        }
      }),
      { numRuns: 500 },
    );
  });
});
