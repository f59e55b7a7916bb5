import { fileURLToPath } from 'node:url';
import { type Kysely, sql } from 'kysely';
import { Migrator } from 'kysely/migration';
import { describe, expect, test } from 'vitest';
import { openDatabase } from '../../src/store/database.ts';
import { openStore } from '../../src/store/index.ts';
import { startProcess } from '../rig/process.ts';
import { engines, failureOf } from './engines.ts';
import { call, identity, issuedKey, linkId, NOON, redeemer } from './samples.ts';

/** What waits for the lock of a database waits longer. */
const AT_ONCE_MS = 4000;
const STORE_PROCESS = fileURLToPath(new URL('store-process.ts', import.meta.url));

describe.each(engines)('opening $name', ({ use }) => {
  const database = use();

  test('what was stored is there after a restart', async () => {
    const store = await database.open();
    await store.identity.create(identity(1));
    await store.interlinks.addIssuedKey(issuedKey(1));
    await store.interlinks.redeem(linkId(1), redeemer(1));
    await store.calls.save(call(1));
    const before = await store.interlinks.issuedPairing(linkId(1));
    await store.close();

    const reopened = await database.open();

    expect(await reopened.identity.load()).toStrictEqual(identity(1));
    expect(await reopened.interlinks.issuedPairing(linkId(1))).toStrictEqual(before);
    expect(await reopened.calls.open()).toStrictEqual([call(1)]);
  });

  test('a second daemon is refused at once, and the first goes on', async () => {
    const first = await database.open();

    const start = performance.now();
    const failure = await failureOf(openStore(database.options));

    expect(performance.now() - start).toBeLessThan(AT_ONCE_MS);
    expect(failure.code).toBe('database-in-use');
    expect(failure.remedy).toContain('Stop it first');
    expect(await first.interlinks.addIssuedKey(issuedKey(1))).toBe('added');
    await first.close();
    const second = await database.open();
    expect(await second.interlinks.list()).toHaveLength(1);
  });

  test('of five that start at once, one gets the database', async () => {
    const outcomes = await Promise.allSettled(Array.from({ length: 5 }, () => database.open()));

    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const outcome of outcomes) {
      if (outcome.status === 'rejected') {
        expect(outcome.reason).toMatchObject({ failure: { code: 'database-in-use' } });
      }
    }
  });

  test('a killed daemon leaves the database free, with everything it acknowledged', async () => {
    const daemon = await startProcess(process.execPath, [STORE_PROCESS, JSON.stringify(database.options)]);
    await daemon.waitForLine(/^added$/, 20_000);
    expect((await failureOf(openStore(database.options))).code).toBe('database-in-use');

    await daemon.stop('SIGKILL');

    const store = await database.open();
    expect(await store.interlinks.list()).toMatchObject([{ id: linkId(1), createdAt: NOON + 1 }]);
  });

  test('closing twice is closing once', async () => {
    const store = await database.open();

    await store.close();

    await expect(store.close()).resolves.toBeUndefined();
  });

  test('a database of a newer version is refused and left as it is', async () => {
    const store = await database.open();
    await store.interlinks.addIssuedKey(issuedKey(1));
    await store.close();
    await database.execute(
      `insert into interlinks_migration values ('29990101000000-hovercraft', '2999-01-01T00:00:00.000Z')`,
    );
    const before = await database.dump();

    const failure = await failureOf(openStore(database.options));

    expect(failure.code).toBe('database-newer');
    expect(failure.message).toContain('29990101000000-hovercraft');
    expect(await database.dump()).toBe(before);
    await database.execute(`delete from interlinks_migration where name = '29990101000000-hovercraft'`);
    const reopened = await database.open();
    expect(await reopened.interlinks.list()).toHaveLength(1);
  });

  test('a migration that fails half-way leaves nothing behind', async () => {
    const { db, close } = await openDatabase(database.options);
    const provider = {
      getMigrations: () =>
        Promise.resolve({
          broken: {
            async up(db: Kysely<unknown>): Promise<void> {
              await sql`create table half_done (id integer)`.execute(db);
              throw new Error('power cut');
            },
          },
        }),
    };

    const { error } = await new Migrator({ db, provider }).migrateToLatest();
    const tables = await db.introspection.getTables();
    await close();

    expect(error).toMatchObject({ message: 'power cut' });
    expect(tables.map(({ name }) => name)).not.toContain('half_done');
  });

  test('both engines give the same types', async () => {
    const { db, close } = await openDatabase(database.options);
    await db
      .insertInto('seen_requests')
      .values({ jti: 'Zürich 日本 📞', expires_at: 2 ** 53 - 1 })
      .execute();
    const query = db
      .selectFrom('seen_requests')
      .select((row) => ['jti', 'expires_at', row.fn.countAll<number>().as('count')])
      .groupBy(['jti', 'expires_at']);

    const rows = await query.execute();
    await close();

    expect(rows).toStrictEqual([{ jti: 'Zürich 日本 📞', expires_at: 2 ** 53 - 1, count: 1 }]);
  });
});
