import { describe, expect, test } from 'vitest';
import { engines } from './engines.ts';
import { issuedKey, linkId, NOON, peer, redeemer } from './samples.ts';

const contact = {
  url: 'https://new.example:9443',
  certificate: 'new certificate',
  trunk: { host: '10.0.0.7', port: 5091 },
};

describe.each(engines)('a peer that moves, in $name', ({ use }) => {
  const database = use();

  test('is elsewhere from then on, and the same system', async () => {
    const { interlinks } = await database.open();
    await interlinks.addIssuedKey(issuedKey(1));
    await interlinks.redeem(linkId(1), redeemer(1));
    await interlinks.movePeer(linkId(1), contact);
    expect((await interlinks.find(linkId(1)))?.peer).toStrictEqual(peer(1));

    await interlinks.activate(linkId(1), NOON);
    await interlinks.movePeer(linkId(1), contact);

    expect((await interlinks.find(linkId(1)))?.peer).toStrictEqual({
      ...peer(1),
      ...contact,
      trunk: { kind: 'pjsip', ...contact.trunk },
    });
    expect(await interlinks.secrets(linkId(1))).toBeDefined();
  });
});
