import { expect, test } from 'vitest';
import { withNumbers } from './testing/fixture.ts';
import { parseWithPlaces } from './parse.ts';

test.each([
  ['a valid entry beside a mistake', '{ number: "1", private: true }, { nummer: "2" }', ['1']],
  ['a mistyped key', '{ number: "1", privat: true, ring: [PJSIP/1] }', ['1']],
  ['a value that is no boolean', '{ number: "1", private: yes, ring: [PJSIP/1] }', ['1']],
  ['no value', '{ number: "1", private: , ring: [PJSIP/1] }', ['1']],
  ['a number without quotes', '{ number: 0101, private: true, ring: [PJSIP/1] }', ['0101']],
  ['a syntax error elsewhere', '{ number: "1", private: true } { number: "2" }', ['1']],
  ['nothing private', '{ number: "1", private: off }, { number: "2" }', []],
])('what an invalid file means to be private is found in spite of %s', (_mistake, numbers, expected) => {
  const { problems, wantedPrivate } = parseWithPlaces(withNumbers(numbers), 'f');
  expect(problems).not.toEqual([]);
  expect(wantedPrivate).toEqual(expected);
});
