import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import {
  SqliteAdapter,
  type SqliteDatabase,
  SqliteDialect as BetterSqliteDialect,
  type SqliteStatement,
} from 'kysely';

/**
 * Kysely's SQLite dialect over `node:sqlite`. Kysely itself gives the one connection to one query or transaction
 * at a time, so those of concurrent callers never mix.
 */
export class SqliteDialect extends BetterSqliteDialect {
  constructor(database: DatabaseSync) {
    super({ database: asBetterSqlite(database) });
  }

  override createAdapter(): SqliteAdapter {
    return new TransactionalDdlAdapter();
  }
}

/** SQLite can roll back DDL; with this, a migration that is interrupted leaves nothing behind. */
class TransactionalDdlAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true;
  }
}

/** More than there are queries that come again and again; the rest, such as migrations, are soon the oldest. */
const keptStatements = 200;

/**
 * Gives a `node:sqlite` database the shape of a better-sqlite3 one, which Kysely expects. Statements are kept: to prepare
 * one takes longer than to run it, and Kysely uses one at a time.
 */
function asBetterSqlite(database: DatabaseSync): SqliteDatabase {
  const kept = new Map<string, SqliteStatement>();
  return {
    close: () => database.close(),
    prepare(sql): SqliteStatement {
      const statement = kept.get(sql) ?? prepare(database, sql);
      kept.delete(sql);
      kept.set(sql, statement);
      const [oldest = sql] = kept.keys();
      if (kept.size > keptStatements) kept.delete(oldest);
      return statement;
    },
  };
}

function prepare(database: DatabaseSync, sql: string): SqliteStatement {
  const statement = database.prepare(sql);
  return {
    reader: statement.columns().length > 0,
    // Rows of `node:sqlite` have no prototype; those of pg do.
    all: (parameters) => statement.all(...bindable(parameters)).map((row) => Object.assign({}, row)),
    run: (parameters) => statement.run(...bindable(parameters)),
    iterate: (parameters) => statement.iterate(...bindable(parameters)),
  };
}

/** Kysely types parameters as unknown; what SQLite cannot bind, `node:sqlite` refuses with a TypeError. */
function bindable(parameters: readonly unknown[]): SQLInputValue[] {
  return parameters as SQLInputValue[];
}
