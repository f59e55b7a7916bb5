import { setImmediate as nextTurn, setTimeout as delay } from 'node:timers/promises';
import type { CallRecord } from '../domain/call.ts';
import type { CallStore } from './call-store.ts';

const retryMs = 1000;
/** How long what becomes of a call may wait to be written together with what becomes of others. */
const laterMs = 250;
/** What PostgreSQL and SQLite take in one statement by far. */
const atOnce = 100;

/**
 * Writes call records behind the calls' backs: the latest state of each, some together, again and again while the
 * database is away. No call ever waits for it.
 */
export class RecordWriter {
  readonly #store: CallStore;
  readonly #onError: (error: unknown, callId: string) => void;
  readonly #pending = new Map<string, CallRecord>();
  readonly #stopped = new AbortController();
  #waiting: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;
  #failed = Promise.withResolvers<void>();

  constructor(store: CallStore, onError: (error: unknown, callId: string) => void) {
    this.#store = store;
    this.#onError = onError;
  }

  /** Behind what is to be done for calls now: a service that is killed must not have forgotten calls that go on. */
  write(record: CallRecord): void {
    this.#pending.set(keyOf(record), record);
    this.#begin();
  }

  /** A little later, or with the next record that is written, to have fewer transactions. */
  writeLater(record: CallRecord): void {
    this.#pending.set(keyOf(record), record);
    this.#waiting ??= setTimeout(() => this.#begin(), laterMs);
  }

  /** Resolves when all is written, or has been tried once more after `stop`. */
  async flush(): Promise<void> {
    this.#begin();
    await this.#running;
  }

  /** Resolves when all is written, or could not be at the first try. */
  async tryAll(): Promise<void> {
    this.#begin();
    await Promise.race([this.#running, this.#failed.promise]);
  }

  /** No more retries: what cannot be written at the next try is reported and dropped. */
  async stop(): Promise<void> {
    this.#stopped.abort();
    await this.flush();
  }

  #begin(): void {
    clearTimeout(this.#waiting);
    this.#waiting = undefined;
    if (this.#pending.size > 0) this.#running ??= this.#run();
  }

  async #run(): Promise<void> {
    let most = atOnce;
    while (this.#pending.size > 0) {
      await nextTurn();
      const records = this.#take(most);
      try {
        await this.#store.save(...records);
        if (most < atOnce) this.#failed = Promise.withResolvers();
        most = atOnce;
      } catch (error) {
        this.#failed.resolve();
        for (const { callId } of records) this.#onError(error, callId);
        // One at a time, so that one which cannot be written does not keep the others from being.
        most = 1;
        await this.#waitAndKeep(records);
      }
    }
    // In the same turn as the last look at what is pending, or a record written in between would stay.
    this.#running = undefined;
  }

  #take(most: number): readonly CallRecord[] {
    const taken = this.#pending.entries().take(most).toArray();
    for (const [key] of taken) this.#pending.delete(key);
    return taken.map(([, record]) => record);
  }

  async #waitAndKeep(records: readonly CallRecord[]): Promise<void> {
    if (this.#stopped.signal.aborted) return;
    await this.#wait(retryMs);
    for (const record of records) {
      if (!this.#pending.has(keyOf(record))) this.#pending.set(keyOf(record), record);
    }
  }

  async #wait(ms: number): Promise<void> {
    await delay(ms, undefined, { signal: this.#stopped.signal, ref: false }).catch(() => undefined);
  }
}

function keyOf(record: CallRecord): string {
  return `${record.callId} ${record.direction} ${record.channel}`;
}
