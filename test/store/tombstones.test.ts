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

    expect(await store.interlinks.bury(linkId(1), NOON + 9, { tellPeer: true })).toBe(true);
    await store.interlinks.markPeerTold(linkId(1));

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

    await interlinks.bury(linkId(1), NOON, { tellPeer: true });

    expect(await interlinks.issuedPairing(linkId(2))).toMatchObject({ interlink: { state: 'pairing' } });
    expect(await interlinks.secrets(linkId(2))).toBeDefined();
  });

  test('name and peer are free again', async () => {
    const { interlinks } = await database.open();
    for (const number of [1, 2, 3]) {
      expect(await interlinks.addIssuedKey(issuedKey(number, { name: 'Lisbon' }))).toBe('added');
      expect(await interlinks.redeem(linkId(number), redeemer(7))).toStrictEqual({ kind: 'redeemed' });
      await interlinks.bury(linkId(number), NOON, { tellPeer: true });
    }

    expect(await interlinks.find(linkId(1))).toMatchObject({ name: 'Lisbon', peer: peer(7) });
  });

  test('what never was cannot be deleted; deleting twice is deleting once', async () => {
    const store = await database.open();
    await store.interlinks.addIssuedKey(issuedKey(1));

    expect(await store.interlinks.bury(linkId(2), NOON, { tellPeer: true })).toBe(false);
    expect(await store.interlinks.bury(linkId(1), NOON, { tellPeer: true })).toBe(true);
    await store.close();
    const once = await database.dump();
    const reopened = await database.open();
    expect(await reopened.interlinks.bury(linkId(1), NOON + 1, { tellPeer: true })).toBe(true);
    await reopened.close();
    expect(await database.dump()).toBe(once);
  });
});

describe.each(engines)('what is still to be done after an end, in $name', ({ use }) => {
  const database = use();

  test.each([
    ['a key nobody redeemed', 0, []],
    ['an issuer while pairing', 1, [{ cleanUpDue: true, noticeDue: false }]],
    ['an active issuer', 2, [{ cleanUpDue: true, noticeDue: true }]],
    ['a redeemer without an answer', 3, [{ cleanUpDue: false, noticeDue: true }]],
    ['a redeemer while pairing', 4, [{ cleanUpDue: true, noticeDue: true }]],
    ['an active redeemer', 5, [{ cleanUpDue: true, noticeDue: true }]],
  ] as const)('%s', async (_, life, due) => {
    const store = await database.open();
    await lives[life]?.[1](store.interlinks);
    await store.interlinks.bury(linkId(1), NOON + 9, { tellPeer: true });
    await store.close();

    const { interlinks } = await database.open();

    const ends = await interlinks.unfinishedEnds();
    expect(ends).toMatchObject(due.map((flags) => ({ ...flags, endedAt: NOON + 9 })));
    for (const { interlink } of ends) expect(interlink).toStrictEqual(await interlinks.find(linkId(1)));
  });

  test('is nothing once it is done, each for itself', async () => {
    const { interlinks } = await database.open();
    for (const number of [1, 2]) {
      await interlinks.addIssuedKey(issuedKey(number));
      await interlinks.redeem(linkId(number), redeemer(number));
      await interlinks.activate(linkId(number), NOON);
      await interlinks.bury(linkId(number), NOON + number, { tellPeer: true });
    }

    await interlinks.markCleanedUp(linkId(1));
    await interlinks.markPeerTold(linkId(2));

    expect(await interlinks.unfinishedEnds()).toMatchObject([
      { interlink: { id: linkId(1) }, cleanUpDue: false, noticeDue: true },
      { interlink: { id: linkId(2) }, cleanUpDue: true, noticeDue: false },
    ]);
    await interlinks.markPeerTold(linkId(1));
    await interlinks.markCleanedUp(linkId(2));
    expect(await interlinks.unfinishedEnds()).toStrictEqual([]);
  });

  test('is no telling of who is linked anew', async () => {
    const { interlinks } = await database.open();
    for (const number of [1, 2, 3]) {
      await interlinks.addIssuedKey(issuedKey(number));
      await interlinks.redeem(linkId(number), { ...redeemer(number), peer: peer(number === 2 ? 2 : 1) });
      await interlinks.activate(linkId(number), NOON);
      if (number < 3) await interlinks.bury(linkId(number), NOON + number, { tellPeer: true });
    }
    expect(await interlinks.unfinishedEnds()).toMatchObject([
      { interlink: { id: linkId(1) }, noticeDue: false },
      { interlink: { id: linkId(2) }, noticeDue: true },
    ]);
  });

  test('is not asked for again by a second deletion', async () => {
    const { interlinks } = await database.open();
    await lives[2]?.[1](interlinks);
    await interlinks.bury(linkId(1), NOON, { tellPeer: false });
    await interlinks.markCleanedUp(linkId(1));

    await interlinks.bury(linkId(1), NOON + 1, { tellPeer: true });

    expect(await interlinks.unfinishedEnds()).toStrictEqual([]);
  });

  test('a peer whose answer comes after the deletion is told', async () => {
    const { interlinks } = await database.open();
    await interlinks.addRedemption(redemption(1));
    await interlinks.bury(linkId(1), NOON, { tellPeer: true });

    expect(await interlinks.completeRedemption(linkId(1), answer(1))).toBe('gone');

    expect(await interlinks.unfinishedEnds()).toMatchObject([
      { interlink: { state: 'tombstone', peer: peer(1) }, cleanUpDue: false, noticeDue: true },
    ]);
    expect(await interlinks.secrets(linkId(1))).toBeUndefined();
    expect(await interlinks.withdrawnRedemption(linkId(1))).toBeUndefined();

    await interlinks.markPeerTold(linkId(1));
    expect(await interlinks.completeRedemption(linkId(1), answer(2))).toBe('gone');
    expect(await interlinks.unfinishedEnds()).toStrictEqual([]);
    expect(await interlinks.find(linkId(1))).toMatchObject({ peer: peer(1) });
  });

  test('an issuer that has not answered can be asked again, byte for byte, until there is nobody to be told', async () => {
    const store = await database.open();
    await store.interlinks.addRedemption(redemption(1));
    expect(await store.interlinks.withdrawnRedemption(linkId(1))).toBeUndefined();
    for (const when of [NOON, NOON + 1]) {
      await store.interlinks.bury(linkId(1), when, { tellPeer: true });
    }
    await store.close();

    const { interlinks } = await database.open();

    expect(await interlinks.withdrawnRedemption(linkId(1))).toStrictEqual(redemption(1));
    await interlinks.markPeerTold(linkId(1));
    expect(await interlinks.withdrawnRedemption(linkId(1))).toBeUndefined();
  });
});
