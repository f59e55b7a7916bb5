import { describe, expect, test } from 'vitest';
import { engines } from './engines.ts';
import { issuedKey, linkId, NOON } from './samples.ts';

describe.each(engines)('renaming in $name', ({ use }) => {
  const database = use();

  test('keeps everything else, and survives a restart', async () => {
    const store = await database.open();
    await store.interlinks.addIssuedKey(issuedKey(1));
    const before = await store.interlinks.find(linkId(1));
    expect(await store.interlinks.rename(linkId(1), 'Lissabon')).toBe('renamed');
    await store.close();
    const { interlinks } = await database.open();
    expect(await interlinks.find(linkId(1))).toStrictEqual({ ...before, name: 'Lissabon' });
  });

  test('to a name that a live interlink has, in whatever case, is refused', async () => {
    const { interlinks } = await database.open();
    await interlinks.addIssuedKey(issuedKey(1, { name: 'Zürich' }));
    await interlinks.addIssuedKey(issuedKey(2, { name: 'Bern' }));
    expect(await interlinks.rename(linkId(2), 'ZÜRICH')).toBe('name-taken');
    expect(await interlinks.find(linkId(2))).toMatchObject({ name: 'Bern' });
    expect(await interlinks.rename(linkId(1), 'ZÜRICH')).toBe('renamed');
    expect(await interlinks.addIssuedKey(issuedKey(3, { name: 'zürich' }))).toBe('name-taken');
  });

  test('frees the old name, and takes that of a tombstone', async () => {
    const { interlinks } = await database.open();
    await interlinks.addIssuedKey(issuedKey(1, { name: 'Bern' }));
    await interlinks.addIssuedKey(issuedKey(2, { name: 'Genf' }));
    await interlinks.bury(linkId(2), NOON, { tellPeer: true });
    expect(await interlinks.rename(linkId(1), 'Genf')).toBe('renamed');
    expect(await interlinks.addIssuedKey(issuedKey(3, { name: 'Bern' }))).toBe('added');
  });

  test('of a tombstone, or of what never was, changes nothing', async () => {
    const { interlinks } = await database.open();
    await interlinks.addIssuedKey(issuedKey(1));
    await interlinks.bury(linkId(1), NOON, { tellPeer: true });
    expect(await interlinks.rename(linkId(1), 'Bern')).toBe('not-found');
    expect(await interlinks.rename(linkId(2), 'Bern')).toBe('not-found');
    expect(await interlinks.find(linkId(1))).toMatchObject({ name: 'Office 1' });
  });
});

describe.each(engines)('a prefix in $name', ({ use }) => {
  const database = use();

  test('survives a restart, can be taken away, and does not outlive its interlink', async () => {
    const store = await database.open();
    await store.interlinks.addIssuedKey(issuedKey(1));
    const before = await store.interlinks.find(linkId(1));
    expect(await store.interlinks.setPrefix(linkId(1), '82')).toBe(true);
    await store.close();
    const { interlinks } = await database.open();
    expect(await interlinks.find(linkId(1))).toStrictEqual({ ...before, prefix: '82' });
    expect(await interlinks.setPrefix(linkId(1), undefined)).toBe(true);
    expect(await interlinks.find(linkId(1))).toStrictEqual(before);
    await interlinks.bury(linkId(1), NOON, { tellPeer: true });
    expect(await interlinks.setPrefix(linkId(1), '82')).toBe(false);
  });
});
