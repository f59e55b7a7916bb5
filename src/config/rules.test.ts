import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { problemsOf, withNumbers } from './testing/fixture.ts';
import { parseConfig } from './parse.ts';

const dialable = fc.stringMatching(/^[0-9*#]{1,20}$/);

const ringing = (length: number): string => {
  const names = Array.from({ length: 10 }, (_, index) => `PJSIP/${index}${'x'.repeat(length)}`);
  return withNumbers(`{ number: "101", ring: [${names.join(', ')}] }`);
};

test('a number that rings more than one entry of AstDB takes is refused', () => {
  expect(problemsOf(ringing(60))).toEqual([]);
  expect(problemsOf(ringing(70))).toEqual([
    expect.stringMatching(/numbers\[0\]\.ring \| .* has 779 characters, more than the 700 .* \| Ring fewer/),
  ]);
});

describe('a number is text', () => {
  test.each(['0101', '1e3', '0x1F', '0o17', '+4930', '101', '1*2', '.5', '0101 '])(
    '%s without quotes is refused',
    (number) => {
      expect(problemsOf(withNumbers(`{ number: ${number}, ring: [PJSIP/1] }`))).toEqual([
        '3:21 numbers[0].number | numbers[0].number needs quotes: without them YAML may make another number of it | ' +
          `Write "${number.trim()}"`,
      ]);
    },
  );

  test('*21 without quotes is refused', () => {
    expect(problemsOf(withNumbers('{ number: *21, ring: [PJSIP/1] }'))).toEqual([
      '3:21 numbers[0].number | "*21" is no text here but refers to an anchor that is not above | Write "*21"',
    ]);
  });

  test('a block text is no number', () => {
    const text = withNumbers('').replace('[]', '\n  - ring: [PJSIP/1]\n    number: |\n      101\n');
    expect(problemsOf(text)).toEqual([
      expect.stringMatching(/^5:13 numbers\[0\]\.number .* \| Write "101"$/),
    ]);
  });

  test('in quotes every one is taken as it is, without quotes none that YAML would change', () => {
    fc.assert(
      fc.property(dialable, fc.constantFrom('"', "'"), (number, quote) => {
        const quoted = parseConfig(
          withNumbers(`{ number: ${quote}${number}${quote}, ring: [PJSIP/1] }`),
          'f',
        );
        expect(quoted.config?.numbers[0]?.number).toBe(number);
        const bare = parseConfig(withNumbers(`{ ring: [PJSIP/1], number: ${number}\n }`), 'f');
        expect(bare.config).toBeUndefined();
      }),
    );
  });

  test('an emergency number is one, too', () => {
    fc.assert(
      fc.property(dialable, (number) => {
        const quoted = parseConfig(`${withNumbers('')}emergency: ["${number}"]\n`, 'f');
        expect(quoted.config?.emergency).toEqual([number]);
        expect(parseConfig(`${withNumbers('')}emergency: [${number}\n ]\n`, 'f').config).toBeUndefined();
      }),
    );
  });

  test('YAML itself would have changed it', () => {
    expect(['0101', '1e3', '0x1F', '+4930'].map((number) => String(parse(number)))).toEqual([
      '101',
      '1000',
      '31',
      '4930',
    ]);
  });
});

describe('doubles', () => {
  test('name both lines', () => {
    const text = withNumbers('').replace(
      '[]',
      '\n  - { number: "101", ring: [PJSIP/1] }\n  - { number: "102", ring: [PJSIP/1] }\n  - { number: \'101\', ring: [PJSIP/2] }',
    );
    expect(problemsOf(text)).toEqual([
      '6:15 numbers[2].number | The number "101" stands here twice, on line 4 and on line 6 | Remove one',
    ]);
  });

  test('are found in entries with other flaws', () => {
    const text = withNumbers('{ number: "101", ring: [PJSIP/1], privat: true }, { number: "101", ring: 1 }');
    expect(problemsOf(text)).toEqual([
      expect.stringContaining('numbers[0].privat'),
      expect.stringContaining('numbers[1].number | The number "101" stands here twice'),
      expect.stringContaining('numbers[1].ring'),
    ]);
  });

  test('are no matter where there is no number', () => {
    const text = withNumbers(
      '{ ring: [PJSIP/1] }, { ring: [PJSIP/1] }, { number: 5, ring: [PJSIP/1] }, 5, 5',
    );
    expect(problemsOf(text)).not.toContainEqual(expect.stringContaining('stands here twice'));
  });
});
