import { expect, test } from 'vitest';
import type { KnownDirectory } from '../domain/directory.ts';
import { activeInterlink, localNumber, numberPlan } from '../domain/testing/samples.ts';
import { remoteNumbers } from './remote-numbers.ts';

const plan = numberPlan(localNumber('150'), localNumber('190', { private: true }));

function sharing(
  name: string,
  numbers: readonly string[],
  away = false,
  prefix: { readonly prefix?: string } = {},
): KnownDirectory {
  return {
    interlink: activeInterlink(name, prefix),
    away,
    current: !away,
    receivedAt: 0,
    numbers: numbers.map((number) => ({ number, name: `${name} ${number}` })),
  };
}

/** Such as `201 Lisbon dialable`. */
const listed = (...directories: readonly KnownDirectory[]): readonly string[] =>
  remoteNumbers(plan, directories).map(({ number, interlink, reach }) =>
    reach.kind === 'interlink-wins'
      ? `${number} ${interlink.name} ${reach.winner.name} wins`
      : `${number} ${interlink.name} ${reach.kind}`,
  );

test('is in order of number, and of the interlinks’ age', () => {
  expect(listed(sharing('Lisbon', ['203', '201']), sharing('Porto', ['202']))).toEqual([
    '201 Lisbon dialable',
    '202 Porto dialable',
    '203 Lisbon dialable',
  ]);
});

test('a local number wins, private or not', () => {
  expect(listed(sharing('Lisbon', ['150', '190']))).toEqual([
    '150 Lisbon local-wins',
    '190 Lisbon local-wins',
  ]);
});

test('the oldest interlink wins', () => {
  expect(listed(sharing('Lisbon', ['201']), sharing('Porto', ['201']))).toEqual([
    '201 Lisbon dialable',
    '201 Porto Lisbon wins',
  ]);
});

test('while the oldest is away, the next one wins; while all are, the oldest', () => {
  expect(listed(sharing('Lisbon', ['201'], true), sharing('Porto', ['201']))).toEqual([
    '201 Lisbon Porto wins',
    '201 Porto dialable',
  ]);
  expect(listed(sharing('Lisbon', ['201'], true), sharing('Porto', ['201'], true))).toEqual([
    '201 Lisbon dialable',
    '201 Porto Lisbon wins',
  ]);
});

test('what is never looked up cannot be dialed', () => {
  expect(listed(sharing('Lisbon', ['112', '7', '1234567']))).toEqual([
    '112 Lisbon not-dialable',
    '1234567 Lisbon not-dialable',
    '7 Lisbon not-dialable',
  ]);
});

/** Such as `150 Lisbon: 82150`. */
const dialed = (...directories: readonly KnownDirectory[]): readonly string[] =>
  remoteNumbers(plan, directories).map(
    ({ number, interlink, dial }) => `${number} ${interlink.name}: ${dial ?? 'no way'}`,
  );

test('is told how to dial it, with the interlink’s prefix where need be', () => {
  const prefix = { prefix: '82' };
  expect(
    dialed(
      sharing('Faro', ['150', '201', '8201']),
      sharing('Lisbon', ['112', '150', '201', '202'], false, prefix),
    ),
  ).toEqual([
    '112 Lisbon: no way',
    '150 Faro: no way',
    '150 Lisbon: 82150',
    '201 Faro: 201',
    '201 Lisbon: 82201',
    '202 Lisbon: 202',
    '8201 Faro: no way',
  ]);
});
