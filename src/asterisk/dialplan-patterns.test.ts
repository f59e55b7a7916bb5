import fc from 'fast-check';
import { expect, test } from 'vitest';
import { matchesPattern } from '../domain/dial-pattern.ts';
import { dialplanPatterns } from './dialplan-patterns.ts';

test('one pattern for each length, where there is no emergency number', () => {
  expect(dialplanPatterns({ min: 2, max: 4 }, [])).toEqual(['_XX', '_XXX', '_XXXX']);
});

test('numbers that are emergency numbers or begin with one are left out', () => {
  expect(dialplanPatterns({ min: 3, max: 3 }, ['112', '911', '91'])).toEqual([
    '_[02345678]XX',
    '_1[023456789]X',
    '_11[013456789]',
    '_9[023456789]X',
  ]);
  expect(dialplanPatterns({ min: 1, max: 1 }, ['112'])).toEqual(['_X']);
  expect(dialplanPatterns({ min: 3, max: 3 }, ['1', '*1', '#'])).toEqual(['_[023456789]XX']);
});

const number = fc.stringMatching(/^[0-4]{1,5}$/);

test('whatever the emergency numbers, exactly the others are taken, each once', () => {
  fc.assert(
    fc.property(
      fc.array(number, { maxLength: 6 }),
      fc.integer({ min: 1, max: 3 }),
      number,
      (emergency, min, dialed) => {
        const patterns = dialplanPatterns({ min, max: 4 }, emergency);
        const taken = patterns.filter((pattern) => matchesPattern(pattern, dialed)).length;
        const wanted = dialed.length >= min && dialed.length <= 4;
        expect(taken).toBe(wanted && !emergency.some((one) => dialed.startsWith(one)) ? 1 : 0);
      },
    ),
  );
});
