import type { PostgresPool } from 'kysely';
import {
  Client,
  type ClientConfig,
  DatabaseError,
  Pool,
  type PoolClient,
  type QueryResult,
  TypeOverrides,
  types,
} from 'pg';
import { FailureError } from '../domain/failure.ts';

/** Where the database is, without anything secret. */
export interface PostgresTarget {
  readonly server: string;
  readonly database: string;
  readonly user: string;
}

/**
 * Settings for each connection. The server ends a statement after 10 s; when not even that answer comes, the
 * connection counts as dead after 15 s.
 * @param url `postgres://user@host:port/database`
 * @param password instead of one in the URL
 */
export function connectionConfig(url: string, password: string | undefined): ClientConfig {
  const separator = url.includes('?') ? '&' : '?';
  return {
    // pg lets the URL win over `password`, even where the URL has none; its query wins over all.
    connectionString:
      password === undefined ? url : `${url}${separator}password=${encodeURIComponent(password)}`,
    application_name: 'interlinks',
    connectionTimeoutMillis: 5_000,
    statement_timeout: 10_000,
    query_timeout: 15_000,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    types: resultTypes(),
  };
}

/** Gives results the types that SQLite gives them. */
function resultTypes(): TypeOverrides {
  const { BYTEA, INT8 } = types.builtins;
  const parseBytea: (text: string) => Buffer = types.getTypeParser(BYTEA);
  const overrides = new TypeOverrides();
  overrides.setTypeParser(INT8, Number);
  overrides.setTypeParser(BYTEA, (text: string) => new Uint8Array(parseBytea(text)));
  return overrides;
}

/** @throws FailureError `database-unreachable` when the URL cannot be read */
export function connectionTarget(config: ClientConfig): PostgresTarget {
  try {
    const { host, port, database = '', user = '' } = new Client(config);
    return { server: `${host}:${port}`, database, user };
  } catch {
    // The cause is left out: it may show the URL, and with it a password.
    throw new FailureError(
      'database-unreachable',
      'database.url cannot be read as a URL',
      'Write it like postgres://user@host:5432/database, with special characters percent-encoded.',
    );
  }
}

/** Makes a small pool for Kysely. A connection that breaks is replaced and never ends the process. */
export function openPool(config: ClientConfig): PostgresPool {
  const pool = new Pool({ ...config, max: 5, idleTimeoutMillis: 60_000 });
  pool.on('error', ignore);
  // pg takes its own listener off while a connection is in use.
  pool.on('connect', (client) => client.on('error', ignore));
  return {
    options: pool.options,
    connect: async () => discardWhenBroken(await pool.connect()),
    end: () => pool.end(),
  };
}

/** Whoever used the connection learns of it: the query rejects. */
function ignore(): void {}

/** pg itself would use a connection again whose last query was never answered. */
function discardWhenBroken(client: PoolClient): Awaited<ReturnType<PostgresPool['connect']>> {
  let broken = false;
  const query = async (sql: string, parameters: readonly unknown[]): Promise<QueryResult> => {
    try {
      return await client.query(sql, [...parameters]);
    } catch (error) {
      broken ||= !(error instanceof DatabaseError);
      throw error;
    }
  };
  return {
    query: query as PoolClient['query'],
    release: (destroy) => client.release(destroy === true || broken),
  };
}
