import { mkdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Kysely, sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openDatabase } from '../../src/store/database.ts';
import { openStore } from '../../src/store/index.ts';
import type { Schema } from '../../src/store/schema.ts';
import { SqliteDialect } from '../../src/store/sqlite-dialect.ts';
import { temporaryFolder } from '../rig/temp-folder.ts';
import { failureOf } from './engines.ts';
import { issuedKey } from './samples.ts';

let folder: string;
let dataDir: string;
let file: string;

beforeEach(async () => {
  folder = await temporaryFolder('sqlite');
  dataDir = join(folder, 'var', 'data');
  file = join(dataDir, 'interlinks.sqlite');
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

async function mode(path: string): Promise<string> {
  const { mode } = await stat(path);
  return (mode & 0o777).toString(8);
}

/** https://sqlite.org/pragma.html#pragma_synchronous */
async function waits(db: Kysely<Schema>): Promise<number | undefined> {
  const { rows } = await sql<{ synchronous: number }>`pragma synchronous`.execute(db);
  return rows[0]?.synchronous;
}

describe('the data directory', () => {
  test('is made for its user alone, with all that is in it', async () => {
    const store = await openStore({ dataDir });
    await store.interlinks.addIssuedKey(issuedKey(1));

    expect(await mode(dataDir)).toBe('700');
    for (const name of ['interlinks.sqlite', 'interlinks.sqlite-wal', 'interlinks.lock']) {
      expect(await mode(join(dataDir, name))).toBe('600');
    }
    await store.close();
  });

  test('closes a database file that was left open to others', async () => {
    await mkdir(dataDir, { recursive: true });
    await writeFile(file, '', { mode: 0o644 });

    const store = await openStore({ dataDir });

    expect(await mode(file)).toBe('600');
    await store.close();
  });

  test('that cannot be made is named, with what to do', async () => {
    await writeFile(join(folder, 'var'), '');

    const failure = await failureOf(openStore({ dataDir }));

    expect(failure.code).toBe('data-dir-unusable');
    expect(failure.message).toContain(dataDir);
    expect(failure.message).toContain('ENOTDIR');
    expect(failure.remedy).toContain('must belong to the user');
  });

  test('whose files cannot be opened is named, and is not kept locked', async () => {
    await mkdir(file, { recursive: true });

    expect((await failureOf(openStore({ dataDir }))).code).toBe('data-dir-unusable');

    await rm(file, { recursive: true });
    const store = await openStore({ dataDir });
    await store.close();
  });
});

test.each([
  ['has a foreign content', () => writeFile(file, 'no database at all\n'.repeat(500))],
  ['has lost its end', () => truncate(file, 8192)],
])('a database that %s is refused and left as it is', async (_, damage) => {
  const store = await openStore({ dataDir });
  await store.interlinks.addIssuedKey(issuedKey(1));
  await store.close();
  await damage();
  const before = await readFile(file);

  const failure = await failureOf(openStore({ dataDir }));

  expect(failure.code).toBe('data-dir-unusable');
  expect(failure.message).toContain(`${file} is damaged`);
  expect(failure.remedy).toContain('backup');
  expect(await readFile(file)).toStrictEqual(before);
});

describe('the dialect', () => {
  let db: Kysely<{ counter: { value: number } }>;

  beforeEach(() => {
    const database = new DatabaseSync(':memory:');
    database.exec('create table counter (value integer); insert into counter values (0)');
    db = new Kysely({ dialect: new SqliteDialect(database) });
  });

  afterEach(() => db.destroy());

  test('gives the connection to one transaction or query at a time', async () => {
    const seen = await Promise.all(
      Array.from({ length: 20 }, async () => {
        await db.transaction().execute(async (trx) => {
          const { value } = await trx.selectFrom('counter').select('value').executeTakeFirstOrThrow();
          await trx.updateTable('counter').set({ value: -1 }).execute();
          await trx
            .updateTable('counter')
            .set({ value: value + 1 })
            .execute();
        });
        return await db.selectFrom('counter').select('value').executeTakeFirstOrThrow();
      }),
    );

    expect(seen).not.toContainEqual({ value: -1 });
    expect(await db.selectFrom('counter').selectAll().execute()).toStrictEqual([{ value: 20 }]);
  });

  test('rolls back what a transaction did before it failed', async () => {
    const failing = db.transaction().execute(async (trx) => {
      await trx.updateTable('counter').set({ value: 7 }).execute();
      throw new Error('no');
    });

    await expect(failing).rejects.toThrow('no');

    expect(await db.selectFrom('counter').selectAll().execute()).toStrictEqual([{ value: 0 }]);
  });

  test('tells how many rows changed, and gives rows back where asked', async () => {
    const update = db.updateTable('counter').set({ value: 3 });

    expect((await update.executeTakeFirst()).numUpdatedRows).toBe(1n);
    expect(await update.returning('value').execute()).toStrictEqual([{ value: 3 }]);
    expect((await db.deleteFrom('counter').where('value', '=', 4).executeTakeFirst()).numDeletedRows).toBe(
      0n,
    );
  });
});

describe('how long a change waits', () => {
  const normal = 1;
  const full = 2;

  test('until it is on disk; only where that was waived, until the operating system has it', async () => {
    const { db, unsynced, close } = await openDatabase({ dataDir });
    const seen: (number | undefined)[] = [await waits(db)];

    for (let time = 0; time < 2; time += 1) {
      await unsynced(async (waived) => void seen.push(await waits(waived)));
      seen.push(await waits(db));
    }
    await unsynced(() => Promise.reject(new Error('disk full'))).catch(() => undefined);
    seen.push(await waits(db));

    expect(seen).toEqual([full, normal, full, normal, full, full]);
    await close();
  });
});
