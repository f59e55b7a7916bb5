import { expect, test } from 'vitest';
import { matchesPattern } from './dial-pattern.ts';

test.each([
  ['_X.', '29', true],
  ['_X.', '2', false],
  ['_X!', '2', true],
  ['_ZXX', '299', true],
  ['_ZXX', '099', false],
  ['_NXX', '199', false],
  ['_[2-57]XX', '799', true],
  ['_[2-57]XX', '699', false],
  ['_[9-2]X', '95', false],
  ['_9.', '299', false],
  ['_2-XX', '299', true],
  ['_*2X', '299', false],
  ['299', '299', false],
  ['_[0-9*#]!', '29999', true],
  ['_${VAR}', '299', false],
] as const)('%s takes %s: %s', (pattern, digits, taken) => {
  expect(matchesPattern(pattern, digits)).toBe(taken);
});
