import { expect, test } from 'vitest';
import { isTransit } from './transit.ts';

const lisbon = 'il-aaaaaaaaaaaaaaaa';
const porto = 'il-bbbbbbbbbbbbbbbb';

test('two interlinks alone with each other are transit', () => {
  expect(isTransit([lisbon, porto])).toBe(true);
  expect(isTransit([lisbon, lisbon, porto])).toBe(true);
});

test.each([
  ['somebody of this system takes part', [lisbon, porto, undefined]],
  ['both parties are of the same interlink', [lisbon, lisbon]],
  ['one party is left', [lisbon]],
  ['nobody is left', []],
])('no transit: %s', (_why, parties) => {
  expect(isTransit(parties)).toBe(false);
});
