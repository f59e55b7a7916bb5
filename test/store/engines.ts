import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Client } from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { type Failure, FailureError } from '../../src/domain/failure.ts';
import { openStore, type Store, type StoreOptions } from '../../src/store/index.ts';
import { type Postgres, startPostgres, withClient } from '../rig/postgres.ts';
import { temporaryFolder } from '../rig/temp-folder.ts';

/** A database that belongs to one test and is empty at its start. */
interface Place {
  readonly options: StoreOptions;
  /** Runs SQL behind the store's back. */
  execute(sql: string): Promise<void>;
  /** Everything the database keeps, as text; bytes are one character each. The store must be closed. */
  dump(): Promise<string>;
  remove(): Promise<void>;
}

export interface TestDatabase extends Omit<Place, 'remove'> {
  /** Opens the store; it is closed at the end of the test. */
  open(): Promise<Store>;
}

interface Engine {
  start(): Promise<void>;
  newPlace(): Promise<Place>;
  stop(): Promise<void>;
}

/** Both engines, for `describe.each`; `use()` inside it gives each of its tests a database. */
export const engines = [
  { name: 'SQLite', use: () => use(sqlite()) },
  { name: 'PostgreSQL', use: () => use(postgres()) },
] as const;

function use(engine: Engine): TestDatabase {
  let current: Place | undefined;
  let opened: Store[] = [];
  const place = (): Place => {
    if (current === undefined) {
      throw new Error('used outside a test');
    }
    return current;
  };
  beforeAll(() => engine.start());
  beforeEach(async () => {
    current = await engine.newPlace();
  });
  afterEach(async () => {
    await Promise.all(opened.map((store) => store.close()));
    opened = [];
    await place().remove();
  });
  afterAll(() => engine.stop());
  return {
    get options() {
      return place().options;
    },
    execute: (sql) => place().execute(sql),
    dump: () => place().dump(),
    async open() {
      const store = await openStore(place().options);
      opened.push(store);
      return store;
    },
  };
}

function sqlite(): Engine {
  return {
    start: () => Promise.resolve(),
    async newPlace() {
      const dataDir = await temporaryFolder('store');
      const file = join(dataDir, 'interlinks.sqlite');
      return {
        options: { dataDir },
        execute(sql) {
          const database = new DatabaseSync(file);
          database.exec(sql);
          database.close();
          return Promise.resolve();
        },
        dump: () => readFile(file, 'latin1'),
        remove: () => rm(dataDir, { recursive: true }),
      };
    },
    stop: () => Promise.resolve(),
  };
}

function postgres(): Engine {
  let server: Postgres | undefined;
  return {
    async start() {
      server = await startPostgres();
    },
    async newPlace() {
      const dataDir = await temporaryFolder('store');
      const url = await server?.createDatabase();
      if (url === undefined) {
        throw new Error('PostgreSQL is not running');
      }
      return {
        options: { dataDir, url },
        execute: (sql) => withClient(url, async (client) => void (await client.query(sql))),
        dump: () => withClient(url, dumpTables),
        remove: () => rm(dataDir, { recursive: true }),
      };
    },
    stop: async () => server?.stop(),
  };
}

/** What opening failed with. */
export async function failureOf(opening: Promise<Store>): Promise<Failure> {
  const error = await opening.then(
    async (store) => {
      await store.close();
      throw new Error('it opened');
    },
    (reason: unknown) => reason,
  );
  if (error instanceof FailureError) {
    return error.failure;
  }
  throw error;
}

/** Gives a connection of its own to the action. */
/** Every sealed value in a dump. */
export function sealedIn(dump: string): readonly string[] {
  return dump.match(/sealed1:(?:(?!sealed1:)[\w-])+/g) ?? [];
}

async function dumpTables(client: Client): Promise<string> {
  const tables = await client.query<{ name: string }>(
    `select table_name as name from information_schema.tables where table_schema = 'public' order by 1`,
  );
  const dumps: string[] = [];
  for (const { name } of tables.rows) {
    const { rows } = await client.query<Record<string, unknown>>(`select * from "${name}"`);
    const text = JSON.stringify(
      rows.map((row) => Object.entries(row).map(([key, value]) => [key, asText(value)])),
    );
    dumps.push(`${name}: ${text}`);
  }
  return dumps.join('\n');
}

function asText(value: unknown): unknown {
  return value instanceof Uint8Array ? Buffer.from(value).toString('latin1') : value;
}
