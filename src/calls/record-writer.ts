import { setTimeout as delay } from 'node:timers/promises';
import type { CallRecord } from '../domain/call.ts';
import type { CallStore } from './call-store.ts';

const retryMs = 1000;

/**
 * Writes call records behind the calls' backs: one at a time, the latest state of each, again and again while the
 * database is away. No call ever waits for it.
 */
export class RecordWriter {
  readonly #store: CallStore;
  readonly #onError: (error: unknown, callId: string) => void;
  readonly #pending = new Map<string, CallRecord>();
  readonly #stopped = new AbortController();
  #running: Promise<void> | undefined;

  constructor(store: CallStore, onError: (error: unknown, callId: string) => void) {
    this.#store = store;
    this.#onError = onError;
  }

  write(record: CallRecord): void {
    this.#pending.set(keyOf(record), record);
    this.#running ??= this.#run();
  }

  /** Resolves when all is written, or has been tried once more after `stop`. */
  async flush(): Promise<void> {
    await this.#running;
  }

  /** No more retries: what cannot be written at the next try is reported and dropped. */
  async stop(): Promise<void> {
    this.#stopped.abort();
    await this.flush();
  }

  async #run(): Promise<void> {
    for (let next = this.#take(); next !== undefined; next = this.#take()) {
      try {
        await this.#store.save(next);
      } catch (error) {
        this.#onError(error, next.callId);
        await this.#waitAndKeep(next);
      }
    }
    // In the same turn as the last look at what is pending, or a record written in between would stay.
    this.#running = undefined;
  }

  #take(): CallRecord | undefined {
    for (const [key, record] of this.#pending) {
      this.#pending.delete(key);
      return record;
    }
    return undefined;
  }

  async #waitAndKeep(record: CallRecord): Promise<void> {
    if (this.#stopped.signal.aborted) return;
    await delay(retryMs, undefined, { signal: this.#stopped.signal, ref: false }).catch(() => undefined);
    if (!this.#pending.has(keyOf(record))) this.#pending.set(keyOf(record), record);
  }
}

function keyOf(record: CallRecord): string {
  return `${record.callId} ${record.direction} ${record.channel}`;
}
