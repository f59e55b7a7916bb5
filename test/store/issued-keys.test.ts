import { describe, expect, test } from 'vitest';
import { engines } from './engines.ts';
import {
  allBytes,
  answer,
  bytes,
  HOUR,
  issuedKey,
  linkId,
  NOON,
  peer,
  redeemer,
  redemption,
  secrets,
} from './samples.ts';

describe.each(engines)('issued keys in $name', ({ use }) => {
  const database = use();

  test('a generated key is a grey entry that knows what the admin chose', async () => {
    const { interlinks } = await database.open();
    const ownAddress = { url: 'https://vpn.example:8443', trunkHost: 'sip.example' };
    const key = issuedKey(1, { proofKey: allBytes, trunkKind: 'iax2', ownAddress });

    expect(await interlinks.addIssuedKey(key)).toBe('added');

    const expected = {
      id: key.id,
      name: 'Office 1',
      role: 'issuer',
      state: 'key-ready',
      trunkKind: 'iax2',
      createdAt: NOON + 1,
      expiresAt: NOON + HOUR,
      activatedAt: undefined,
      peer: undefined,
      ownAddress,
    };
    expect(await interlinks.list()).toStrictEqual([expected]);
    expect(await interlinks.find(key.id)).toStrictEqual(expected);
    expect(await interlinks.secrets(key.id)).toBeUndefined();
    expect(await interlinks.issuedPairing(key.id)).toStrictEqual({
      interlink: expected,
      proofKey: allBytes,
      exchange: undefined,
    });
  });

  test('what does not exist is not found', async () => {
    const { interlinks } = await database.open();

    expect(await interlinks.list()).toStrictEqual([]);
    expect(await interlinks.find(linkId(1))).toBeUndefined();
    expect(await interlinks.secrets(linkId(1))).toBeUndefined();
    expect(await interlinks.issuedPairing(linkId(1))).toBeUndefined();
  });

  test('the list is in order of age, whatever the order of the ids', async () => {
    const { interlinks } = await database.open();
    await interlinks.addIssuedKey(issuedKey(1, { createdAt: NOON + 2 }));
    await interlinks.addIssuedKey(issuedKey(2, { createdAt: NOON + 1 }));
    await interlinks.addRedemption(redemption(3, { createdAt: NOON }));

    const listed = await interlinks.list();

    expect(listed.map(({ id }) => id)).toStrictEqual([linkId(3), linkId(2), linkId(1)]);
  });

  test.each([
    ['Lisbon', 'LISBON'],
    ['Čeština', 'čeština'],
    ['Hauptstraße', 'HAUPTSTRASSE'],
    ['ΟΔΟΣ', 'οδος'],
    ['Café'.normalize('NFC'), 'CAFÉ'.normalize('NFD')],
    ['日本 📞', '日本 📞'],
  ])('the name %s is taken by %s', async (first, second) => {
    const { interlinks } = await database.open();
    await interlinks.addIssuedKey(issuedKey(1, { name: first }));

    expect(await interlinks.addIssuedKey(issuedKey(2, { name: second }))).toBe('name-taken');
    expect(await interlinks.addRedemption(redemption(3, { name: second }))).toBe('name-taken');
    expect((await interlinks.list()).map(({ name }) => name)).toStrictEqual([first]);
    expect(await interlinks.issuedPairing(linkId(2))).toBeUndefined();
  });

  test('of 20 at once with the same name, one is added', async () => {
    const { interlinks } = await database.open();

    const outcomes = await Promise.all(
      Array.from({ length: 20 }, (_, index) => interlinks.addIssuedKey(issuedKey(index, { name: 'Lisbon' }))),
    );

    expect(outcomes.filter((outcome) => outcome === 'added')).toHaveLength(1);
    expect(outcomes.filter((outcome) => outcome === 'name-taken')).toHaveLength(19);
    expect(await interlinks.list()).toHaveLength(1);
  });

  test('an id is never issued twice', async () => {
    const { interlinks } = await database.open();
    await interlinks.addIssuedKey(issuedKey(1));

    await expect(interlinks.addIssuedKey(issuedKey(1, { name: 'Lisbon' }))).rejects.toThrow('issued before');

    expect(await interlinks.issuedPairing(linkId(1))).toMatchObject({ interlink: { name: 'Office 1' } });
  });

  test('the redeemer becomes the peer', async () => {
    const { interlinks } = await database.open();
    await interlinks.addIssuedKey(issuedKey(1));
    const request = allBytes;
    const response = allBytes.toReversed();

    expect(await interlinks.redeem(linkId(1), { ...redeemer(1), request, response })).toStrictEqual({
      kind: 'redeemed',
    });

    const pairing = await interlinks.issuedPairing(linkId(1));
    expect(pairing?.interlink).toMatchObject({ state: 'pairing', activatedAt: undefined });
    expect(pairing?.interlink.peer).toStrictEqual(peer(1));
    expect(pairing?.exchange).toStrictEqual({ request, response });
    expect(await interlinks.secrets(linkId(1))).toStrictEqual(secrets(1));
  });

  test('a key works until the millisecond before it expires', async () => {
    const { interlinks } = await database.open();
    await interlinks.addIssuedKey(issuedKey(1, { expiresAt: NOON }));

    expect(await interlinks.redeem(linkId(1), { ...redeemer(1), now: NOON })).toStrictEqual({
      kind: 'expired',
    });
    expect(await interlinks.find(linkId(1))).toMatchObject({ state: 'key-ready', peer: undefined });
    expect(await interlinks.secrets(linkId(1))).toBeUndefined();
    expect(await interlinks.redeem(linkId(1), { ...redeemer(1), now: NOON - 1 })).toStrictEqual({
      kind: 'redeemed',
    });
  });

  test('a key that was redeemed, also after its expiry, is used', async () => {
    const { interlinks } = await database.open();
    await interlinks.addIssuedKey(issuedKey(1));
    await interlinks.redeem(linkId(1), redeemer(1));

    expect(await interlinks.redeem(linkId(1), redeemer(2))).toStrictEqual({ kind: 'used' });
    expect(await interlinks.redeem(linkId(1), { ...redeemer(2), now: NOON + 2 * HOUR })).toStrictEqual({
      kind: 'used',
    });
    expect(await interlinks.find(linkId(1))).toMatchObject({ peer: { id: 'peer-1' } });
    expect(await interlinks.issuedPairing(linkId(1))).toMatchObject({
      exchange: { request: redeemer(1).request, response: redeemer(1).response },
    });
    expect(await interlinks.secrets(linkId(1))).toStrictEqual(secrets(1));
  });

  test('unknown, deleted and entered keys cannot be redeemed here', async () => {
    const { interlinks } = await database.open();
    await interlinks.addIssuedKey(issuedKey(1));
    await interlinks.bury(linkId(1), NOON, { tellPeer: true });
    await interlinks.addRedemption(redemption(2));

    for (const id of [linkId(1), linkId(2), linkId(3)]) {
      expect(await interlinks.redeem(id, redeemer(1))).toStrictEqual({ kind: 'used' });
    }
    expect(await interlinks.find(linkId(1))).toMatchObject({ state: 'tombstone', peer: undefined });
    expect(await interlinks.find(linkId(2))).toMatchObject({ peer: undefined });
  });

  test('of 20 redeemers at once, one wins, and what is stored is all of its own', async () => {
    const { interlinks } = await database.open();
    await interlinks.addIssuedKey(issuedKey(1));

    const outcomes = await Promise.all(
      Array.from({ length: 20 }, (_, index) => interlinks.redeem(linkId(1), redeemer(index))),
    );

    const winners = outcomes.flatMap(({ kind }, index) => (kind === 'redeemed' ? [index] : []));
    expect(winners).toHaveLength(1);
    expect(outcomes.filter(({ kind }) => kind === 'used')).toHaveLength(19);
    const winner = redeemer(winners[0] ?? -1);
    const pairing = await interlinks.issuedPairing(linkId(1));
    expect(pairing?.interlink.peer).toStrictEqual(winner.peer);
    expect(pairing?.exchange).toStrictEqual({ request: winner.request, response: winner.response });
    expect(await interlinks.secrets(linkId(1))).toStrictEqual(winner.secrets);
  });

  test('a second key for a linked system stays unused and is told the name of the interlink', async () => {
    const { interlinks } = await database.open();
    await interlinks.addIssuedKey(issuedKey(1));
    await interlinks.addIssuedKey(issuedKey(2));
    await interlinks.redeem(linkId(1), redeemer(7));

    expect(await interlinks.redeem(linkId(2), redeemer(7))).toStrictEqual({
      kind: 'already-linked',
      id: linkId(1),
      name: 'Office 1',
    });

    expect(await interlinks.issuedPairing(linkId(2))).toMatchObject({
      interlink: { state: 'key-ready', peer: undefined },
      exchange: undefined,
    });
    expect(await interlinks.secrets(linkId(2))).toBeUndefined();
    await interlinks.bury(linkId(1), NOON, { tellPeer: true });
    expect(await interlinks.redeem(linkId(2), redeemer(7))).toStrictEqual({ kind: 'redeemed' });
    await interlinks.addIssuedKey(issuedKey(3));
    expect(await interlinks.redeem(linkId(3), redeemer(7))).toStrictEqual({
      kind: 'already-linked',
      id: linkId(2),
      name: 'Office 2',
    });
  });

  test('of 20 keys redeemed at once by one system, one is used', async () => {
    const { interlinks } = await database.open();
    const numbers = Array.from({ length: 20 }, (_, index) => index);
    await Promise.all(numbers.map((number) => interlinks.addIssuedKey(issuedKey(number))));

    const outcomes = await Promise.all(
      numbers.map((number) => interlinks.redeem(linkId(number), redeemer(7))),
    );

    const winner = outcomes.findIndex(({ kind }) => kind === 'redeemed');
    const others = outcomes.filter((_, index) => index !== winner);
    expect(others).toStrictEqual(
      Array.from({ length: 19 }, () => ({
        kind: 'already-linked',
        id: linkId(winner),
        name: `Office ${winner}`,
      })),
    );
  });

  test('a system that is linked by a key entered here cannot redeem one of ours', async () => {
    const { interlinks } = await database.open();
    await interlinks.addRedemption(redemption(1));
    await interlinks.completeRedemption(linkId(1), answer(7));
    await interlinks.addIssuedKey(issuedKey(2));

    expect(await interlinks.redeem(linkId(2), redeemer(7))).toStrictEqual({
      kind: 'already-linked',
      id: linkId(1),
      name: 'Office 1',
    });
  });

  test('the exchange outlives the activation, for a redeemer that lost the answer', async () => {
    const { interlinks } = await database.open();
    await interlinks.addIssuedKey(issuedKey(1));
    await interlinks.redeem(linkId(1), redeemer(1));

    expect(await interlinks.activate(linkId(1), NOON + 5)).toBe(true);

    const pairing = await interlinks.issuedPairing(linkId(1));
    expect(pairing?.interlink).toMatchObject({
      state: 'active',
      activatedAt: NOON + 5,
      expiresAt: NOON + HOUR,
    });
    expect(pairing?.proofKey).toStrictEqual(bytes('MARKED proof key 1'));
    expect(pairing?.exchange?.response).toStrictEqual(redeemer(1).response);
    expect(await interlinks.secrets(linkId(1))).toStrictEqual(secrets(1));
  });
});
