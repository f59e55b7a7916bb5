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

/** Process ids are used again, so the time belongs to the name. */
const sessions = `
  select concat(pid, ' ', extract(epoch from backend_start)) as session, pid = pg_backend_pid() as own
  from pg_stat_activity where datname = current_database()`;

export interface LockListener {
  /** The lock's connection broke: another daemon may start on the same database. It is being taken again. */
  readonly onLockLost?: () => void;
  readonly onLockRegained?: () => void;
  /** Another daemon has taken the lock meanwhile, and it is not tried any more. */
  readonly onLockTaken?: () => void;
}

/** A connection that has the lock. */
interface Holder {
  readonly client: Client;
  /** Names its session on the server; no later one is called the same. */
  readonly session: string;
}

/** Keeps other daemons off the database: a session-level advisory lock on a connection of its own. */
export class PostgresLock {
  readonly #config: ClientConfig;
  readonly #listener: LockListener;
  readonly #released = new AbortController();
  #holder: Holder;
  #retaking: Promise<void> = Promise.resolve();

  private constructor(config: ClientConfig, listener: LockListener, holder: Holder) {
    this.#config = config;
    this.#listener = listener;
    this.#holder = holder;
    this.#watch();
  }

  /** @returns undefined when another daemon has it; rejects when the database cannot be reached */
  static async take(config: ClientConfig, listener: LockListener): Promise<PostgresLock | undefined> {
    const holder = await takeLock(config);
    return typeof holder === 'string' ? undefined : new PostgresLock(config, listener, holder);
  }

  async release(): Promise<void> {
    this.#released.abort();
    await this.#retaking;
    await this.#holder.client.end();
  }

  #watch(): void {
    this.#holder.client.once('end', () => {
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
      const holder = await takeLock(this.#config, this.#holder.session).catch(() => undefined);
      if (holder === 'taken') {
        this.#listener.onLockTaken?.();
        return;
      }
      if (holder !== undefined && holder !== 'lingering') {
        this.#holder = holder;
        this.#watch();
        this.#listener.onLockRegained?.();
        return;
      }
      await setTimeout(pause, undefined, { signal, ref: false }).catch(() => undefined);
    }
  }
}

/** @returns 'lingering' when the lock may still be that of the session `lost`, whose end the server had not noticed */
async function takeLock(config: ClientConfig, lost?: string): Promise<Holder | 'taken' | 'lingering'> {
  const client = new Client(config);
  // 'end' follows each error.
  client.on('error', () => undefined);
  await client.connect();
  let lingering = false;
  try {
    // The server shall keep this idle session, and notice within 20 s when this machine is gone.
    await client.query(`
      set idle_session_timeout = 0;
      set tcp_keepalives_idle = 10;
      set tcp_keepalives_interval = 2;
      set tcp_keepalives_count = 5;
      set lock_timeout = ${lockWaitMs}`);
    const { rows } = await client.query<{ session: string; own: boolean }>(sessions);
    lingering = rows.some(({ session }) => session === lost);
    await client.query('select pg_advisory_lock($1)', [lockId]);
    return { client, session: rows.find(({ own }) => own)?.session ?? '' };
  } catch (error) {
    await client.end();
    if (error instanceof DatabaseError && error.code === lockNotAvailable) {
      return lingering ? 'lingering' : 'taken';
    }
    throw error;
  }
}
