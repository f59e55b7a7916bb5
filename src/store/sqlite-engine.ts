import { chmodSync, closeSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { FailureError } from '../domain/failure.ts';
import type { Engine } from './engine.ts';
import { SqliteDialect } from './sqlite-dialect.ts';

const busyTimeoutMs = 5_000;

/** https://sqlite.org/rescode.html */
const sqliteBusy = 5;
const sqliteCorrupt = 11;
const sqliteNotADatabase = 26;

/**
 * Opens `interlinks.sqlite` in `dataDir`; both are made when missing, for this user alone.
 * @throws FailureError `database-in-use`, `data-dir-unusable`
 */
export function openSqlite(dataDir: string): Engine {
  const explain = (error: unknown): FailureError => explainFailure(dataDir, error);
  const opened: DatabaseSync[] = [];
  const close = (): void => {
    for (const database of opened.toReversed()) {
      database.close();
    }
  };
  const open = (file: string, timeout: number): DatabaseSync => {
    const path = join(dataDir, file);
    makePrivate(path);
    const database = new DatabaseSync(path, { timeout });
    opened.push(database);
    return database;
  };
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    takeLock(open('interlinks.lock', 0), dataDir);
    const database = open('interlinks.sqlite', busyTimeoutMs);
    prepare(database);
    const [normal, full] = (['normal', 'full'] as const).map((mode) => database.prepare(synchronous(mode)));
    return {
      dialect: new SqliteDialect(database),
      unsynced: { before: () => void normal?.run(), after: () => void full?.run() },
      close: () => Promise.resolve(close()),
      explain,
    };
  } catch (error) {
    close();
    throw explain(error);
  }
}

/**
 * The lock is a transaction that never ends, in a file of its own so that backups can read the database. The
 * operating system drops it with the process, however that ends.
 */
function takeLock(lock: DatabaseSync, dataDir: string): void {
  try {
    lock.exec('begin exclusive');
  } catch (error) {
    if (sqliteCode(error) !== sqliteBusy) {
      throw error;
    }
    throw new FailureError(
      'database-in-use',
      `Another Interlinks is running with the data in ${dataDir}`,
      'Stop it first, or give each its own dataDir.',
      error,
    );
  }
}

function prepare(database: DatabaseSync): void {
  database.exec('pragma journal_mode = wal');
  database.exec(synchronous('full'));
  // What is erased does not stay in the file's free space.
  database.exec('pragma secure_delete = on');
}

/**
 * What a commit waits for: with `full` until it is on disk; with `normal`, in WAL mode, until the operating system has
 * it (https://sqlite.org/pragma.html#pragma_synchronous).
 */
function synchronous(mode: 'normal' | 'full'): string {
  return `pragma synchronous = ${mode}`;
}

/**
 * Makes the file unless it exists. Never opens an existing one: closing it would drop the locks that SQLite holds
 * on it in this process (https://sqlite.org/howtocorrupt.html, section 2.2). SQLite gives the WAL the same mode.
 */
function makePrivate(path: string): void {
  try {
    closeSync(openSync(path, 'wx', 0o600));
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) {
      throw error;
    }
    chmodSync(path, 0o600);
  }
}

function explainFailure(dataDir: string, error: unknown): FailureError {
  if (error instanceof FailureError) {
    return error;
  }
  const reason = error instanceof Error ? error.message : String(error);
  const code = sqliteCode(error);
  if (code === sqliteCorrupt || code === sqliteNotADatabase) {
    return new FailureError(
      'data-dir-unusable',
      `The database ${join(dataDir, 'interlinks.sqlite')} is damaged: ${reason}`,
      'Stop Interlinks and restore the file from a backup.',
      error,
    );
  }
  return new FailureError(
    'data-dir-unusable',
    `The data directory ${dataDir} cannot be used: ${reason}`,
    'It and the files in it must belong to the user that runs Interlinks, on a disk with free space.',
    error,
  );
}

/** The primary result code. */
function sqliteCode(error: unknown): number | undefined {
  return error instanceof Error && 'errcode' in error && typeof error.errcode === 'number'
    ? error.errcode & 0xff
    : undefined;
}
