import { expect, test } from 'vitest';
import type { ActiveInterlink } from '../domain/interlink.ts';
import { activeInterlink, localNumber, numberPlan } from '../domain/testing/samples.ts';
import { numberToDialBack } from './dial-back.ts';

const lisbon = activeInterlink('Lisbon', { prefix: '82' });
const porto = activeInterlink('Porto', { prefix: '83' });
const faro = activeInterlink('Faro');

/** Who lists a number, the oldest interlink first. */
const lists: Readonly<Record<string, readonly ActiveInterlink[]>> = {
  '101': [lisbon],
  '201': [lisbon, porto],
  '831': [lisbon],
};

function shown(interlink: ActiveInterlink, number: string): string {
  const deps = {
    plan: () => numberPlan(localNumber('101')),
    interlinks: { active: () => [lisbon, porto, faro] },
    directories: {
      whoMayHave: (wanted: string) =>
        (lists[wanted] ?? []).map((owner) => ({ interlink: owner, listed: true, away: false })),
    },
  };
  return numberToDialBack(deps, interlink, number);
}

test.each([
  ['a number that dialed alone rings the caller', lisbon, '201', '201'],
  ['one that no directory has yet', lisbon, '250', '250'],
  ['one that this system has too', lisbon, '101', '82101'],
  ['one that an older interlink has too', porto, '201', '83201'],
  ['one that begins with the prefix of another', lisbon, '831', '82831'],
  ['an emergency number', lisbon, '112', '82112'],
  ['one that this system has too, without a prefix to help', faro, '101', '101'],
  ['one that with the prefix is too long to dial', lisbon, '1234567', '1234567'],
])('%s', (_what, interlink, number, wanted) => {
  expect(shown(interlink, number)).toBe(wanted);
});
