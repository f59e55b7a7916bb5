import { describe, expect, test } from 'vitest';
import type { InterlinkStore } from '../../src/interlinks/interlink-store.ts';
import { engines, sealedIn } from './engines.ts';
import { answer, issuedKey, linkId, NOON, peer, redeemer, redemption } from './samples.ts';

const lives: readonly (readonly [string, (interlinks: InterlinkStore) => Promise<unknown>])[] = [
  ['a key nobody redeemed', (interlinks) => interlinks.addIssuedKey(issuedKey(1))],
  [
    'an issuer while pairing',
    async (interlinks) => {
      await interlinks.addIssuedKey(issuedKey(1));
      await interlinks.redeem(linkId(1), redeemer(1));
    },
  ],
  [
    'an active issuer',
    async (interlinks) => {
      await interlinks.addIssuedKey(issuedKey(1));
      await interlinks.redeem(linkId(1), redeemer(1));
      await interlinks.activate(linkId(1), NOON);
    },
  ],
  ['a redeemer without an answer', (interlinks) => interlinks.addRedemption(redemption(1))],
  [
    'a redeemer while pairing',
    async (interlinks) => {
      await interlinks.addRedemption(redemption(1));
      await interlinks.completeRedemption(linkId(1), answer(1));
    },
  ],
  [
    'an active redeemer',
    async (interlinks) => {
      await interlinks.addRedemption(redemption(1));
      await interlinks.completeRedemption(linkId(1), answer(1));
      await interlinks.activate(linkId(1), NOON);
    },
  ],
];

describe.each(engines)('tombstones in $name', ({ use }) => {
  const database = use();

  test.each(lives)('%s leaves no secret and keeps what is known to all', async (_, live) => {
    await (await database.open()).close();
    const empty = sealedIn(await database.dump());
    const store = await database.open();
    await live(store.interlinks);
    const before = await store.interlinks.find(linkId(1));

    expect(await store.interlinks.bury(linkId(1), NOON + 9)).toBe(true);

    expect(await store.interlinks.list()).toStrictEqual([]);
    expect(await store.interlinks.find(linkId(1))).toStrictEqual({ ...before, state: 'tombstone' });
    expect(await store.interlinks.secrets(linkId(1))).toBeUndefined();
    expect(await store.interlinks.issuedPairing(linkId(1))).toBeUndefined();
    expect(await store.interlinks.openRedemptions()).toStrictEqual([]);
    await store.close();
    const dump = await database.dump();
    expect(dump).toContain('Office 1');
    expect(sealedIn(dump)).toStrictEqual(empty);
  });

  test('only the one that was deleted ends', async () => {
    const { interlinks } = await database.open();
    for (const number of [1, 2]) {
      await interlinks.addIssuedKey(issuedKey(number));
      await interlinks.redeem(linkId(number), redeemer(number));
    }

    await interlinks.bury(linkId(1), NOON);

    expect(await interlinks.issuedPairing(linkId(2))).toMatchObject({ interlink: { state: 'pairing' } });
    expect(await interlinks.secrets(linkId(2))).toBeDefined();
  });

  test('name and peer are free again', async () => {
    const { interlinks } = await database.open();
    for (const number of [1, 2, 3]) {
      expect(await interlinks.addIssuedKey(issuedKey(number, { name: 'Lisbon' }))).toBe('added');
      expect(await interlinks.redeem(linkId(number), redeemer(7))).toStrictEqual({ kind: 'redeemed' });
      await interlinks.bury(linkId(number), NOON);
    }

    expect(await interlinks.find(linkId(1))).toMatchObject({ name: 'Lisbon', peer: peer(7) });
  });

  test('what never was cannot be deleted; deleting twice is deleting once', async () => {
    const store = await database.open();
    await store.interlinks.addIssuedKey(issuedKey(1));

    expect(await store.interlinks.bury(linkId(2), NOON)).toBe(false);
    expect(await store.interlinks.bury(linkId(1), NOON)).toBe(true);
    await store.close();
    const once = await database.dump();
    const reopened = await database.open();
    expect(await reopened.interlinks.bury(linkId(1), NOON + 1)).toBe(true);
    await reopened.close();
    expect(await database.dump()).toBe(once);
  });
});
