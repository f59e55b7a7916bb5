import { EventEmitter } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import type { Failure, FailureError } from '../domain/failure.ts';
import type { Logger } from '../domain/logger.ts';

const retryFirstMs = 100;
const retryMaxMs = 2000;

/** Why a connection ended, where that is more than that it was lost, and how long not to try again, in milliseconds. */
export interface ConnectionEnd {
  readonly failure: FailureError;
  readonly retryMs: number;
}

/** A connection that was made. */
export interface OpenConnection {
  /** Resolves when it is over, by whatever. */
  readonly ended: Promise<ConnectionEnd | undefined>;
  /** Ends it; may be called more than once. */
  close(): void;
}

/** A connection to Asterisk that is made again, for ever, after it ended. */
export abstract class LastingConnection<
  Open extends OpenConnection,
  Events extends Record<keyof Events, unknown[]>,
> extends EventEmitter<Events & { down: []; failed: [] }> {
  readonly #log: Logger;
  readonly #stopped = new AbortController();
  #running: Promise<void> | undefined;
  #open: Open | undefined;
  #ready = false;
  #failure: Failure | undefined;
  #failedSince = 0;
  #told = false;

  constructor(log: Logger) {
    super();
    this.#log = log;
  }

  /** What the log calls it, such as `Asterisk`. */
  protected abstract readonly label: string;

  /** Makes one connection, or rejects within a few seconds. */
  protected abstract connect(signal: AbortSignal): Promise<Open>;

  /** Says why there is no connection, and for how many milliseconds that is normal and kept from the log. */
  protected abstract explain(error: unknown): { readonly failure: Failure; readonly patienceMs: number };

  protected get open(): Open | undefined {
    return this.#open;
  }

  get connected(): boolean {
    return this.#open !== undefined;
  }

  /** Whether there is a connection and all is set up with it. */
  get ready(): boolean {
    return this.#ready;
  }

  /** Why there is no connection, as far as known. */
  get failure(): Failure | undefined {
    return this.#failure;
  }

  /**
   * Begins to connect, and goes on for ever. `down` tells of each end, `failed` of a new reason for
   * which there is no connection.
   *
   * @param setUp what is to be done with each new connection; when it fails, the connection counts as failed
   */
  start(setUp: () => Promise<void>): void {
    this.#running ??= this.#run(setUp);
  }

  async stop(): Promise<void> {
    this.#stopped.abort();
    this.#open?.close();
    await this.#running;
  }

  async #run(setUp: () => Promise<void>): Promise<void> {
    const { signal } = this.#stopped;
    let wait = retryFirstMs;
    while (!signal.aborted) {
      try {
        const end = await this.#use(await this.#connect(signal), setUp);
        wait = end?.retryMs ?? retryFirstMs;
        if (end !== undefined) this.#report(end.failure);
      } catch (error) {
        this.#report(error);
      }
      await delay(wait, undefined, { signal }).catch(() => undefined);
      wait = Math.min(wait * 2, retryMaxMs);
    }
  }

  async #connect(signal: AbortSignal): Promise<Open> {
    const open = await this.connect(signal);
    // `stop` ends the connection in use; this one was none yet when it was called.
    if (signal.aborted) open.close();
    signal.throwIfAborted();
    return open;
  }

  /** From the set-up to the end of a connection. */
  async #use(open: Open, setUp: () => Promise<void>): Promise<ConnectionEnd | undefined> {
    this.#open = open;
    let end: ConnectionEnd | undefined;
    try {
      await unlessEnded(setUp(), open.ended);
      this.#failure = undefined;
      this.#ready = true;
      this.#log.info(`connected to ${this.label}`);
      end = await open.ended;
    } finally {
      this.#open = undefined;
      this.#ready = false;
      open.close();
      (this as EventEmitter).emit('down');
    }
    if (end === undefined && !this.#stopped.signal.aborted) {
      this.#log.warn(`connection to ${this.label} lost`);
    }
    return end;
  }

  #report(error: unknown): void {
    if (this.#stopped.signal.aborted) return;
    const { failure, patienceMs } = this.explain(error);
    if (this.#failure?.message !== failure.message) {
      this.#failure = failure;
      this.#failedSince = performance.now();
      this.#told = false;
      (this as EventEmitter).emit('failed');
    }
    if (this.#told || performance.now() - this.#failedSince < patienceMs) return;
    this.#told = true;
    this.#log.error({ code: failure.code, remedy: failure.remedy }, failure.message);
  }
}

/** Waits for work, or rejects when the connection that it needs has ended. */
export async function unlessEnded<T>(work: Promise<T>, ended: Promise<unknown>): Promise<T> {
  const tooEarly = ended.then(() => Promise.reject(new Error('Asterisk closed the connection')));
  return Promise.race([work, tooEarly]);
}
