import { rm } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openDatabase } from '../../src/store/database.ts';
import { openStore, type Store } from '../../src/store/index.ts';
import { connectionConfig, openPool } from '../../src/store/postgres-connection.ts';
import { type Lock, LOCKS, takeLockAway } from '../rig/database-lock.ts';
import { openPassage } from '../rig/passage.ts';
import { type Postgres, startPostgres, withClient } from '../rig/postgres.ts';
import { temporaryFolder } from '../rig/temp-folder.ts';
import { failureOf } from './engines.ts';
import { issuedKey } from './samples.ts';

const PATIENTLY = { timeout: 20_000, interval: 10 };
const PASSWORD = 'a b&c=d%20#?/@:ä';

let server: Postgres;
let url: string;
let dataDir: string;

beforeAll(async () => {
  server = await startPostgres();
  await demandPasswords(await server.createDatabase());
});
beforeEach(async () => {
  url = await server.createDatabase();
  dataDir = await temporaryFolder('store');
});
afterEach(() => rm(dataDir, { recursive: true }));
afterAll(() => server.stop());

/** From all but the superuser. */
async function demandPasswords(database: string): Promise<void> {
  await withClient(database, async (client) => {
    const { rows } = await client.query<{ hba_file: string }>('show hba_file');
    const rules = 'host all postgres all trust\nhost all all all scram-sha-256';
    await client.query(`copy (select unnest(string_to_array('${rules}', E'\n'))) to '${rows[0]?.hba_file}'`);
    await client.query('select pg_reload_conf()');
    await client.query(`create role clerk superuser login password '${PASSWORD}'`);
    await client.query(`create role guest login password '${PASSWORD}'`);
  });
}

/** The URL with some of its parts changed. */
function changed(parts: Partial<Pick<URL, 'username' | 'password' | 'port' | 'pathname'>>): string {
  return Object.assign(new URL(url), parts).href;
}

describe('a database that cannot be used', () => {
  test.each([
    [
      'wrong password',
      () => changed({ username: 'clerk', password: 's3cret' }),
      'password authentication failed',
      'database.passwordFile',
    ],
    ['no password', () => changed({ username: 'clerk' }), 'password', 'database.passwordFile'],
    ['unknown user', () => changed({ username: 'x', password: 's3cret' }), '"x"', 'database.url'],
    ['unknown database', () => changed({ pathname: '/lisbon' }), 'lisbon', 'createdb --owner='],
    ['no server', () => changed({ port: '1', password: 's3cret' }), 'ECONNREFUSED', 'PostgreSQL is running'],
    ['no URL', () => 'postgres://user:s3cret@host:port/', 'database.url', 'postgres://'],
  ])('%s is said in one line without the password', async (_, wrong, message, remedy) => {
    const failure = await failureOf(openStore({ dataDir, url: wrong() }));

    expect(failure.code).toBe('database-unreachable');
    expect(failure.message).toContain(message);
    expect(failure.remedy).toContain(remedy);
    expect(`${failure.message}${failure.remedy}`).not.toMatch(/\n|s3cret/);
  });

  test('a user who may create no tables is told how to get the right', async () => {
    const failure = await failureOf(
      openStore({ dataDir, url: changed({ username: 'guest' }), password: PASSWORD }),
    );

    expect(failure.code).toBe('database-unreachable');
    expect(failure.message).toContain('permission denied');
    expect(failure.remedy).toContain('owner to "guest"');
  });
});

test('a password given apart is used, whatever characters it has', async () => {
  const store = await openStore({
    dataDir,
    url: changed({ username: 'clerk', password: 's3cret' }),
    password: PASSWORD,
  });

  expect(await store.identity.load()).toBeUndefined();
  await store.close();
});

test('closing leaves no connection open', async () => {
  const store = await openStore({ dataDir, url });
  await Promise.all([1, 2, 3].map((number) => store.interlinks.addIssuedKey(issuedKey(number))));

  await store.close();

  await withClient(url, async (client) => {
    const others = `select 1 from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`;
    await expect.poll(async () => (await client.query(others)).rowCount, PATIENTLY).toBe(0);
  });
});

describe('connections that break', () => {
  test('each time the server starts again, lock and connections come back', async () => {
    const { store, events } = await openWatched();

    await server.restart();
    await expect.poll(() => events, PATIENTLY).toStrictEqual(['lost', 'regained']);
    await server.restart();
    await expect.poll(() => events, PATIENTLY).toStrictEqual(['lost', 'regained', 'lost', 'regained']);

    expect((await failureOf(openStore({ dataDir, url }))).code).toBe('database-in-use');
    expect(await store.interlinks.addIssuedKey(issuedKey(1))).toBe('added');
    await store.close();
    await (await openStore({ dataDir, url })).close();
  });

  test('a lock that another daemon got meanwhile is not taken again', async () => {
    const { store, events } = await openWatched();
    const rival = await takeLockAway(url);

    await expect.poll(() => events, PATIENTLY).toStrictEqual(['lost', 'database-in-use']);
    await rival.end();

    await (await openStore({ dataDir, url })).close();
    expect(events).toStrictEqual(['lost', 'database-in-use']);
    await store.close();
  });

  test('a lock that only the lost connection still has is waited for', async () => {
    const { hostname } = new URL(url);
    const near = changed({ port: '5433' });
    const passage = await openPassage(hostname, 5433, 5432);
    const { store, events } = await openWatched(near);
    await withClient(url, async (client) => {
      const locks = async () => (await client.query(LOCKS)).rowCount;
      const { rows } = await client.query<Lock>(LOCKS);
      const pid = rows[0]?.pid ?? 0;
      process.kill(pid, 'SIGSTOP');
      passage.close();
      await expect.poll(() => events, PATIENTLY).toStrictEqual(['lost']);
      const mended = await openPassage(hostname, 5433, 5432);
      try {
        await expect.poll(locks, PATIENTLY).toBe(2);
        await expect.poll(locks, PATIENTLY).toBe(1);
      } finally {
        process.kill(pid, 'SIGCONT');
      }

      await expect.poll(() => events, PATIENTLY).toStrictEqual(['lost', 'regained']);
      await store.close();
      mended.close();
    });
  });

  test('closing ends the attempts to take the lock again', async () => {
    const { store, events } = await openWatched();
    await server.halt();
    await expect.poll(() => events, PATIENTLY).toStrictEqual(['lost']);

    await store.close();
    await server.restart();

    await (await openStore({ dataDir, url })).close();
    expect(events).toStrictEqual(['lost']);
  });

  test('a server that notices late that a daemon was killed does not keep the next one out', async () => {
    const killed = await openStore({ dataDir, url });
    await withClient(url, async (client) => {
      const { rows } = await client.query<Lock>(LOCKS);
      const pid = rows[0]?.pid ?? 0;
      process.kill(pid, 'SIGSTOP');
      const closed = killed.close();
      const next = openStore({ dataDir, url });
      try {
        await expect.poll(async () => (await client.query(LOCKS)).rowCount, PATIENTLY).toBe(2);
      } finally {
        process.kill(pid, 'SIGCONT');
      }

      await (await next).close();
      await closed;
    });
  });

  test('idle connections that the server ended are replaced', async () => {
    const store = await openStore({ dataDir, url });

    await terminateOthers();

    await expect.poll(() => store.interlinks.addIssuedKey(issuedKey(1)), PATIENTLY).toBe('added');
    await store.close();
  });

  test('a transaction whose connection ends fails alone', async () => {
    const { db, close } = await openDatabase({ dataDir, url });

    const transaction = db.transaction().execute(async (trx) => {
      await trx.insertInto('seen_requests').values({ jti: 'lost', expires_at: 1 }).execute();
      await terminateOthers();
      await trx.insertInto('seen_requests').values({ jti: 'lost too', expires_at: 1 }).execute();
    });

    await expect(transaction).rejects.toThrow(/terminat|not queryable|closed/i);
    expect(await db.selectFrom('seen_requests').selectAll().execute()).toStrictEqual([]);
    await close();
  });

  test('a connection that stops answering is not used again', async () => {
    const pool = openPool({ ...connectionConfig(url, undefined), query_timeout: 200 });
    const stuck = await pool.connect();
    const pid = await backend(stuck);
    process.kill(pid, 'SIGSTOP');
    try {
      await expect(stuck.query('select 1', [])).rejects.toThrow('timeout');
      stuck.release();
      const next = await pool.connect();
      expect(await backend(next)).not.toBe(pid);
      next.release();
    } finally {
      process.kill(pid, 'SIGCONT');
    }
    await pool.end();
  });
});

async function backend(
  client: Pick<Awaited<ReturnType<ReturnType<typeof openPool>['connect']>>, 'query'>,
): Promise<number> {
  const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid', []);
  return rows[0]?.pid ?? 0;
}

/** Opens the store; `events` fills with what its lock goes through. */
async function openWatched(at = url): Promise<{ store: Store; events: readonly string[] }> {
  const events: string[] = [];
  const store = await openStore({
    dataDir,
    url: at,
    onLockLost: () => events.push('lost'),
    onLockRegained: () => events.push('regained'),
    onDatabaseTaken: ({ failure }) => events.push(failure.code),
  });
  return { store, events };
}

async function terminateOthers(): Promise<void> {
  await withClient(url, (client) =>
    client.query(
      `select pg_terminate_backend(pid, 5000) from pg_stat_activity
       where datname = current_database() and pid <> pg_backend_pid()`,
    ),
  );
}
