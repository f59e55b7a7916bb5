import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import {
  SqliteAdapter,
  SqliteDialect as BetterSqliteDialect,
  type SqliteDatabase,
  type SqliteStatement,
} from 'kysely';

const MAX_PREPARED_STATEMENTS = 200;

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

/** Gives a `node:sqlite` database the shape of a better-sqlite3 one, which Kysely expects. */
function asBetterSqlite(database: DatabaseSync): SqliteDatabase {
  const prepared = new Map<string, SqliteStatement>();
  return {
    close: () => database.close(),
    prepare(sql) {
      const known = prepared.get(sql);
      if (known !== undefined) {
        return known;
      }
      if (prepared.size >= MAX_PREPARED_STATEMENTS) {
        prepared.clear();
      }
      const statement = prepare(database, sql);
      prepared.set(sql, statement);
      return statement;
    },
  };
}

function prepare(database: DatabaseSync, sql: string): SqliteStatement {
  const statement = database.prepare(sql);
  return {
    reader: statement.columns().length > 0,
    all: (parameters) => statement.all(...bindable(parameters)),
    run: (parameters) => statement.run(...bindable(parameters)),
    iterate: (parameters) => statement.iterate(...bindable(parameters)),
  };
}

/** Kysely types parameters as unknown; what SQLite cannot bind, `node:sqlite` refuses with a TypeError. */
function bindable(parameters: readonly unknown[]): SQLInputValue[] {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return parameters as SQLInputValue[];
}
