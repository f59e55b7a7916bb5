import { describe, expect, test } from 'vitest';
import type { StoredDirectory } from '../../src/interlinks/directory-store.ts';
import type { Store } from '../../src/store/index.ts';
import { engines } from './engines.ts';
import { issuedKey, linkId, NOON, redeemer } from './samples.ts';

const directory = (revision: string, ...numbers: readonly string[]): StoredDirectory => ({
  revision,
  receivedAt: NOON,
  numbers: numbers.map((number, index) => ({
    number,
    name: index === 0 ? `Zürich 日本 📞 "${number}"` : undefined,
  })),
});

async function activate({ interlinks }: Store, number: number): Promise<string> {
  await interlinks.addIssuedKey(issuedKey(number));
  await interlinks.redeem(linkId(number), redeemer(number));
  await interlinks.activate(linkId(number), NOON);
  return linkId(number);
}

describe.each(engines)('peer directories in $name', ({ use }) => {
  const database = use();

  test('what was taken is there after a restart, the newest of each interlink', async () => {
    const store = await database.open();
    const [one, two] = [await activate(store, 1), await activate(store, 2)];
    expect(await store.directories.replace(one, directory('old', '101', '*1#', '103'))).toBe(true);
    expect(await store.directories.replace(two, directory('two'))).toBe(true);
    expect(await store.directories.replace(one, directory('new', '101', '*1#'))).toBe(true);
    await store.close();

    const reopened = await database.open();

    expect(await reopened.directories.list()).toStrictEqual(
      new Map([
        [one, directory('new', '101', '*1#')],
        [two, directory('two')],
      ]),
    );
  });

  test('10,000 numbers come back as they were', async () => {
    const store = await database.open();
    const id = await activate(store, 1);
    const many = directory('many', ...Array.from({ length: 10_000 }, (_, index) => String(10_000 + index)));

    await store.directories.replace(id, many);

    expect((await store.directories.list()).get(id)).toStrictEqual(many);
  });

  test('nothing is kept of an interlink that is not active', async () => {
    const store = await database.open();
    await store.interlinks.addIssuedKey(issuedKey(1));
    await store.interlinks.redeem(linkId(1), redeemer(1));

    expect(await store.directories.replace(linkId(1), directory('early', '101'))).toBe(false);
    expect(await store.directories.replace(linkId(2), directory('nobody', '101'))).toBe(false);

    expect(await store.directories.list()).toStrictEqual(new Map());
  });

  test('it ends with the interlink, and does not come back', async () => {
    const store = await database.open();
    const id = await activate(store, 1);
    await store.directories.replace(id, directory('one', '10177'));

    await store.interlinks.bury(id, NOON, { tellPeer: true });

    expect(await store.directories.list()).toStrictEqual(new Map());
    expect(await store.directories.replace(id, directory('two', '10177'))).toBe(false);
    await store.close();
    expect(await database.dump()).not.toContain('10177');
  });

  test('whichever comes first, deleting wins over a directory that arrives at the same time', async () => {
    const store = await database.open();
    for (let number = 1; number <= 10; number += 1) {
      const id = await activate(store, number);
      await Promise.all([
        store.directories.replace(id, directory('late', '101')),
        store.interlinks.bury(id, NOON, { tellPeer: true }),
      ]);
    }
    await store.close();

    expect(await database.dump()).not.toContain('late');
  });
});
