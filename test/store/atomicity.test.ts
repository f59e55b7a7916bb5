import { describe, expect, test } from 'vitest';
import type { InterlinkStore } from '../../src/interlinks/interlink-store.ts';
import { engines } from './engines.ts';
import { answer, issuedKey, linkId, NOON, redeemer, redemption } from './samples.ts';

const issued = async (interlinks: InterlinkStore): Promise<unknown> => interlinks.addIssuedKey(issuedKey(1));

const completed = async (interlinks: InterlinkStore): Promise<unknown> => {
  await interlinks.addRedemption(redemption(1));
  return interlinks.completeRedemption(linkId(1), answer(1));
};

describe.each(engines)('changes in $name', ({ use }) => {
  const database = use();

  test.each([
    {
      change: 'adding an issued key',
      failing: 'issued_pairings',
      before: () => Promise.resolve(),
      act: issued,
    },
    {
      change: 'redeeming',
      failing: 'issued_pairings',
      before: issued,
      act: (interlinks: InterlinkStore) => interlinks.redeem(linkId(1), redeemer(1)),
    },
    {
      change: 'adding a redemption',
      failing: 'redemptions',
      before: () => Promise.resolve(),
      act: (interlinks: InterlinkStore) => interlinks.addRedemption(redemption(1)),
    },
    {
      change: 'activating',
      failing: 'redemptions',
      before: completed,
      act: (interlinks: InterlinkStore) => interlinks.activate(linkId(1), NOON),
    },
    {
      change: 'burying',
      failing: 'redemptions',
      before: issued,
      act: (interlinks: InterlinkStore) => interlinks.bury(linkId(1), NOON, { tellPeer: true }),
    },
  ])('$change that fails half-way changes nothing', async ({ failing, before, act }) => {
    const { interlinks } = await database.open();
    await before(interlinks);
    const untouched = await interlinks.list();
    await database.execute(`alter table ${failing} rename to elsewhere`);

    await expect(act(interlinks)).rejects.toThrow(failing);

    expect(await interlinks.list()).toStrictEqual(untouched);
    await database.execute(`alter table elsewhere rename to ${failing}`);
    await expect(act(interlinks)).resolves.not.toBe(false);
  });
});
