import { PostgresDialect } from 'kysely';
import { DatabaseError } from 'pg';
import { FailureError } from '../domain/failure.ts';
import type { Engine } from './engine.ts';
import { connectionConfig, connectionTarget, openPool, type PostgresTarget } from './postgres-connection.ts';
import { type LockListener, PostgresLock } from './postgres-lock.ts';

const loginRemedy = 'Check the user in database.url, the password in database.passwordFile and pg_hba.conf.';

export interface PostgresOptions extends Omit<LockListener, 'onLockTaken'> {
  /** `postgres://user@host:port/database` */
  readonly url: string;
  /** Used instead of one in the URL. */
  readonly password?: string | undefined;
  /** Another daemon has taken the database while it was away: what this one knows is not true any more. */
  readonly onDatabaseTaken?: (failure: FailureError) => void;
}

/** @throws FailureError `database-in-use`, `database-unreachable` */
export async function openPostgres(options: PostgresOptions): Promise<Engine> {
  const config = connectionConfig(options.url, options.password);
  const target = connectionTarget(config);
  const explain = (error: unknown): FailureError => explainFailure(target, error);

  const onLockTaken = (): void => options.onDatabaseTaken?.(inUse(target));
  const lock = await PostgresLock.take(config, { ...options, onLockTaken }).catch((error: unknown) => {
    throw explain(error);
  });
  if (lock === undefined) throw inUse(target);
  const pool = openPool(config);
  return {
    dialect: new PostgresDialect({ pool }),
    async close() {
      await pool.end();
      await lock.release();
    },
    explain,
  };
}

function inUse({ database, server }: PostgresTarget): FailureError {
  return new FailureError(
    'database-in-use',
    `Another Interlinks is running with the database ${database} on ${server}`,
    'Stop it first, or give each a database of its own.',
  );
}

function explainFailure(target: PostgresTarget, error: unknown): FailureError {
  return new FailureError(
    'database-unreachable',
    `The database ${target.database} on ${target.server} cannot be used: ${reason(error)}`,
    remedy(target, error),
    error,
  );
}

/** PostgreSQL's messages name user and database, never the password. */
function reason(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) {
    return reason(error.errors[0]);
  }
  return error instanceof Error ? error.message : String(error);
}

/** Codes: https://www.postgresql.org/docs/current/errcodes-appendix.html */
function remedy({ database, user }: PostgresTarget, error: unknown): string {
  switch (error instanceof DatabaseError ? (error.code ?? '') : '') {
    case '3D000':
      return `Create it: createdb --owner=${user} ${database}`;
    case '42501':
      return `Let the user own the database: alter database "${database}" owner to "${user}"`;
    case '28P01':
    case '28000':
      return loginRemedy;
    default:
      // pg itself says this when the server asks for a password and there is none.
      return reason(error).startsWith('SASL')
        ? loginRemedy
        : 'Check that PostgreSQL is running and that database.url is right.';
  }
}
