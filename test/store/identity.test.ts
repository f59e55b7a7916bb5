import { describe, expect, test } from 'vitest';
import { engines } from './engines.ts';
import { identity } from './samples.ts';

describe.each(engines)('the identity in $name', ({ use }) => {
  const database = use();

  test('there is none at first', async () => {
    const store = await database.open();

    expect(await store.identity.load()).toBeUndefined();
  });

  test('it is made once and stays', async () => {
    const store = await database.open();

    expect(await store.identity.create(identity(1))).toStrictEqual(identity(1));
    expect(await store.identity.create(identity(2))).toStrictEqual(identity(1));
    await store.close();

    const reopened = await database.open();
    expect(await reopened.identity.load()).toStrictEqual(identity(1));
  });

  test('its certificate can be replaced', async () => {
    const store = await database.open();
    await store.identity.create(identity(1));

    await store.identity.replaceCertificate('another');

    expect(await store.identity.load()).toStrictEqual({ ...identity(1), certificate: 'another' });
  });

  test('20 that make one at once all get the same', async () => {
    const store = await database.open();

    const created = await Promise.all(
      Array.from({ length: 20 }, (_, index) => store.identity.create(identity(index))),
    );

    expect(new Set(created.map(({ id }) => id)).size).toBe(1);
    expect(await store.identity.load()).toStrictEqual(created[0]);
  });
});
