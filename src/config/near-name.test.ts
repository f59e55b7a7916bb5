import { expect, test } from 'vitest';
import { nearName } from './near-name.ts';

const names = ['private', 'number', 'numbers', 'passwordFile', 'min', 'max', 'url'];

test.each([
  ['privat', 'private'],
  ['pirvate', 'private'],
  ['PRIVATE', 'private'],
  ['nubmers', 'numbers'],
  ['password', 'passwordFile'],
  ['passwordfile', 'passwordFile'],
  ['mix', 'min'],
  ['uri', 'url'],
  ['port', undefined],
  ['m', undefined],
  ['', undefined],
])('%s is near to %s', (written, meant) => expect(nearName(written, names)).toBe(meant));

test('a very long key is near to nothing, and quickly so', () => {
  expect(nearName('x'.repeat(1_000_000), names)).toBeUndefined();
});
