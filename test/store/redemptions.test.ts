import { describe, expect, test } from 'vitest';
import { engines, sealedIn } from './engines.ts';
import { allBytes, answer, issuedKey, linkId, NOON, peer, redeemer, redemption, secrets } from './samples.ts';

describe.each(engines)('redemptions in $name', ({ use }) => {
  const database = use();

  test('an entered key can be sent again, byte for byte', async () => {
    const { interlinks } = await database.open();
    const entered = redemption(1, {
      trunkKind: 'iax2',
      proofKey: allBytes.slice(1),
      issuerIdentity: allBytes.slice(2),
      request: allBytes,
      ephemeralKey: allBytes.toReversed(),
    });

    expect(await interlinks.addRedemption(entered)).toBe('added');

    expect(await interlinks.openRedemptions()).toStrictEqual([{ ...entered, peer: undefined }]);
    expect(await interlinks.find(entered.id)).toStrictEqual({
      id: entered.id,
      name: 'Office 1',
      role: 'redeemer',
      state: 'pairing',
      trunkKind: 'iax2',
      createdAt: NOON + 1,
      expiresAt: undefined,
      activatedAt: undefined,
      peer: undefined,
    });
    expect(await interlinks.issuedPairing(entered.id)).toBeUndefined();
  });

  test('open redemptions come oldest first, and without what was issued', async () => {
    const { interlinks } = await database.open();
    await interlinks.addRedemption(redemption(1, { createdAt: NOON + 2 }));
    await interlinks.addRedemption(redemption(2, { createdAt: NOON + 1 }));
    await interlinks.addIssuedKey(issuedKey(3));
    await interlinks.redeem(linkId(3), redeemer(3));

    const open = await interlinks.openRedemptions();

    expect(open.map(({ id }) => id)).toStrictEqual([linkId(2), linkId(1)]);
  });

  test('a key is entered once, also after it was deleted or under another name', async () => {
    const { interlinks } = await database.open();
    await interlinks.addRedemption(redemption(1));

    expect(await interlinks.addRedemption(redemption(1))).toBe('key-known');
    expect(await interlinks.addRedemption(redemption(1, { name: 'Lisbon' }))).toBe('key-known');
    await interlinks.bury(linkId(1), NOON, { tellPeer: true });
    expect(await interlinks.addRedemption(redemption(1))).toBe('key-known');
    expect(await interlinks.openRedemptions()).toStrictEqual([]);
  });

  test('the answer is kept while the confirmation is under way', async () => {
    const { interlinks } = await database.open();
    await interlinks.addRedemption(redemption(1));

    expect(await interlinks.completeRedemption(linkId(1), { ...answer(1), trunkKind: 'iax2' })).toBe(
      'completed',
    );
    expect(await interlinks.completeRedemption(linkId(1), { ...answer(1), trunkKind: 'iax2' })).toBe(
      'completed',
    );

    expect(await interlinks.find(linkId(1))).toMatchObject({ state: 'pairing', trunkKind: 'iax2' });
    expect(await interlinks.secrets(linkId(1))).toStrictEqual(secrets(1));
    expect(await interlinks.openRedemptions()).toStrictEqual([
      { ...redemption(1, { trunkKind: 'iax2' }), peer: peer(1) },
    ]);
  });

  test('an issuer that is linked already is refused with the name of that interlink', async () => {
    const { interlinks } = await database.open();
    await interlinks.addIssuedKey(issuedKey(1));
    await interlinks.redeem(linkId(1), redeemer(7));
    await interlinks.addRedemption(redemption(2));

    expect(await interlinks.completeRedemption(linkId(2), answer(7))).toStrictEqual({
      kind: 'already-linked',
      id: linkId(1),
      name: 'Office 1',
    });

    expect(await interlinks.find(linkId(2))).toMatchObject({ state: 'pairing', peer: undefined });
    expect(await interlinks.secrets(linkId(2))).toBeUndefined();
    await interlinks.bury(linkId(1), NOON, { tellPeer: true });
    expect(await interlinks.completeRedemption(linkId(2), answer(7))).toBe('completed');
  });

  test('an answer that comes after the deletion brings nothing back', async () => {
    const { interlinks } = await database.open();
    await interlinks.addRedemption(redemption(1));
    await interlinks.bury(linkId(1), NOON, { tellPeer: true });

    expect(await interlinks.completeRedemption(linkId(1), answer(1))).toBe('gone');
    expect(await interlinks.completeRedemption(linkId(2), answer(1))).toBe('gone');

    expect(await interlinks.find(linkId(1))).toMatchObject({ state: 'tombstone' });
    expect(await interlinks.list()).toStrictEqual([]);
    expect(await interlinks.secrets(linkId(1))).toBeUndefined();
  });

  test('an answer changes neither an active interlink nor an issued key', async () => {
    const { interlinks } = await database.open();
    await interlinks.addRedemption(redemption(1));
    await interlinks.completeRedemption(linkId(1), answer(1));
    await interlinks.activate(linkId(1), NOON);
    await interlinks.addIssuedKey(issuedKey(2));
    await interlinks.redeem(linkId(2), redeemer(2));

    expect(await interlinks.completeRedemption(linkId(1), answer(8))).toBe('gone');
    expect(await interlinks.completeRedemption(linkId(2), answer(9))).toBe('gone');

    const listed = await interlinks.list();
    expect(listed.map((interlink) => interlink.peer?.id)).toStrictEqual(['peer-1', 'peer-2']);
    expect(await interlinks.secrets(linkId(1))).toStrictEqual(secrets(1));
  });

  test('a dropped redemption was never there', async () => {
    const store = await database.open();
    await store.interlinks.addRedemption(redemption(1));

    await store.interlinks.dropRedemption(linkId(1));

    expect(await store.interlinks.list()).toStrictEqual([]);
    expect(await store.interlinks.find(linkId(1))).toBeUndefined();
    expect(await store.interlinks.openRedemptions()).toStrictEqual([]);
    await store.close();
    expect(sealedIn(await database.dump())).toHaveLength(1);
    const reopened = await database.open();
    expect(await reopened.interlinks.addRedemption(redemption(1))).toBe('added');
  });

  test('only an open redemption can be dropped', async () => {
    const { interlinks } = await database.open();
    await interlinks.addRedemption(redemption(1));
    await interlinks.completeRedemption(linkId(1), answer(1));
    await interlinks.activate(linkId(1), NOON);
    await interlinks.addIssuedKey(issuedKey(2));
    await interlinks.redeem(linkId(2), redeemer(2));
    await interlinks.addRedemption(redemption(3));
    await interlinks.bury(linkId(3), NOON, { tellPeer: true });

    for (const number of [1, 2, 3, 4]) {
      await interlinks.dropRedemption(linkId(number));
    }

    expect(await interlinks.find(linkId(1))).toMatchObject({ state: 'active' });
    expect(await interlinks.issuedPairing(linkId(2))).toMatchObject({ interlink: { state: 'pairing' } });
    expect(await interlinks.find(linkId(3))).toMatchObject({ state: 'tombstone' });
  });

  test('activation erases what the redeemer needed for the pairing, and keeps the trunk secrets', async () => {
    const store = await database.open();
    await store.interlinks.addRedemption(redemption(1));
    await store.interlinks.completeRedemption(linkId(1), answer(1));

    expect(await store.interlinks.activate(linkId(1), NOON + 5)).toBe(true);

    expect(await store.interlinks.find(linkId(1))).toMatchObject({
      state: 'active',
      activatedAt: NOON + 5,
      peer: { id: 'peer-1' },
    });
    expect(await store.interlinks.openRedemptions()).toStrictEqual([]);
    expect(await store.interlinks.secrets(linkId(1))).toStrictEqual(secrets(1));
    await store.close();
    // Two trunk secrets, and the proof of the key.
    expect(sealedIn(await database.dump())).toHaveLength(3);
  });

  test('of 20 activations at once, one counts', async () => {
    const { interlinks } = await database.open();
    await interlinks.addRedemption(redemption(1));
    await interlinks.completeRedemption(linkId(1), answer(1));

    const outcomes = await Promise.all(
      Array.from({ length: 20 }, (_, index) => interlinks.activate(linkId(1), NOON + index)),
    );

    expect(outcomes.filter(Boolean)).toHaveLength(1);
    expect(await interlinks.find(linkId(1))).toMatchObject({ activatedAt: NOON + outcomes.indexOf(true) });
  });

  test('what has no peer yet, is active already, is deleted or unknown cannot be activated', async () => {
    const { interlinks } = await database.open();
    await interlinks.addIssuedKey(issuedKey(1));
    await interlinks.addRedemption(redemption(2));
    await interlinks.addRedemption(redemption(3));
    await interlinks.completeRedemption(linkId(3), answer(3));
    await interlinks.activate(linkId(3), NOON);
    await interlinks.addRedemption(redemption(4));
    await interlinks.completeRedemption(linkId(4), answer(4));
    await interlinks.bury(linkId(4), NOON, { tellPeer: true });

    for (const number of [1, 2, 3, 4, 5]) {
      expect(await interlinks.activate(linkId(number), NOON + 1)).toBe(false);
    }

    expect(await interlinks.find(linkId(1))).toMatchObject({ state: 'key-ready', activatedAt: undefined });
    expect(await interlinks.openRedemptions()).toHaveLength(1);
    expect(await interlinks.find(linkId(3))).toMatchObject({ activatedAt: NOON });
    expect(await interlinks.find(linkId(4))).toMatchObject({ state: 'tombstone' });
  });
});
