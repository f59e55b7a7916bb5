import { setTimeout } from 'node:timers/promises';
import { Client, type ClientConfig, DatabaseError } from 'pg';

/** Any number will do, as long as it never changes. Advisory locks are apart for each database of a server. */
const lockId = '7163284790115527841';
/** How long the server may take to notice that the process that had the lock was killed. */
const lockWaitMs = 500;
const firstPauseMs = 100;
const longestPauseMs = 5_000;

/** https://www.postgresql.org/docs/current/errcodes-appendix.html */
const lockNotAvailable = '55P03';

export interface LockListener {
  /** The lock's connection broke: another daemon may start on the same database. It is being taken again. */
  readonly onLockLost?: () => void;
  readonly onLockRegained?: () => void;
}

/** Keeps other daemons off the database: a session-level advisory lock on a connection of its own. */
export class PostgresLock {
  readonly #config: ClientConfig;
  readonly #listener: LockListener;
  readonly #released = new AbortController();
  #client: Client;
  #retaking: Promise<void> = Promise.resolve();

  private constructor(config: ClientConfig, listener: LockListener, client: Client) {
    this.#config = config;
    this.#listener = listener;
    this.#client = client;
    this.#watch();
  }

  /** @returns undefined when another daemon has it; rejects when the database cannot be reached */
  static async take(config: ClientConfig, listener: LockListener): Promise<PostgresLock | undefined> {
    const client = await lockedClient(config);
    return client === undefined ? undefined : new PostgresLock(config, listener, client);
  }

  async release(): Promise<void> {
    this.#released.abort();
    await this.#retaking;
    await this.#client.end();
  }

  #watch(): void {
    this.#client.once('end', () => {
      if (!this.#released.signal.aborted) {
        this.#listener.onLockLost?.();
        this.#retaking = this.#retake();
      }
    });
  }

  async #retake(): Promise<void> {
    const { signal } = this.#released;
    for (let pause = firstPauseMs; !signal.aborted; pause = Math.min(2 * pause, longestPauseMs)) {
      // Why it does not work yet is nothing new: whoever listens was told that the lock is lost.
      const client = await lockedClient(this.#config).catch(() => undefined);
      if (client !== undefined) {
        this.#client = client;
        this.#watch();
        this.#listener.onLockRegained?.();
        return;
      }
      await setTimeout(pause, undefined, { signal, ref: false }).catch(() => undefined);
    }
  }
}

async function lockedClient(config: ClientConfig): Promise<Client | undefined> {
  const client = new Client(config);
  // 'end' follows each error.
  client.on('error', () => undefined);
  await client.connect();
  try {
    // The server shall keep this idle session, and notice within 20 s when this machine is gone.
    await client.query(`
      set idle_session_timeout = 0;
      set tcp_keepalives_idle = 10;
      set tcp_keepalives_interval = 2;
      set tcp_keepalives_count = 5;
      set lock_timeout = ${lockWaitMs}`);
    await client.query('select pg_advisory_lock($1)', [lockId]);
    return client;
  } catch (error) {
    await client.end();
    if (error instanceof DatabaseError && error.code === lockNotAvailable) {
      return undefined;
    }
    throw error;
  }
}
