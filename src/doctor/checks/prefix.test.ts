import { expect, test } from 'vitest';
import { checkPrefixes } from './prefix.ts';

const interlinks = [{ name: 'Lisbon', prefix: '82' }, { name: 'Oporto', prefix: '90' }, { name: 'Madrid' }];

test('a clash names prefixes, interlink and remedy', () => {
  expect(checkPrefixes('82', interlinks)).toEqual([
    {
      level: 'problem',
      id: 'prefix-clash',
      where: 'Lisbon',
      what: "The prefix 82 of Lisbon cannot be told from this system's own prefix 82, which comes first",
      remedy:
        'Change dialing.ownPrefix in interlinks.yaml, or give the interlink another one: interlinks prefix "Lisbon" PREFIX',
    },
  ]);
});

test.each([
  ['8', ['Lisbon']],
  ['901', ['Oporto']],
  ['81', []],
  [undefined, []],
])('own prefix %s', (own, clashing) => {
  expect(checkPrefixes(own, interlinks).map(({ where }) => where)).toEqual(clashing);
});
