/** Runs something again and again, never twice at a time. Its timer does not keep the process alive. */
export class PeriodicTask {
  readonly #intervalMs: number;
  readonly #work: (signal: AbortSignal) => Promise<void>;
  readonly #stopping = new AbortController();
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;
  #again = false;

  /**
   * @param intervalMs from start to start
   * @param work must not reject; the signal aborts when the task is stopped
   */
  constructor(intervalMs: number, work: (signal: AbortSignal) => Promise<void>) {
    this.#intervalMs = intervalMs;
    this.#work = work;
  }

  /** Starts a run at once, or right after the one under way; the interval begins anew. */
  runNow(): void {
    if (this.#running === undefined) this.#running = this.#run();
    else this.#again = true;
  }

  /** Aborts the run under way and resolves when it has ended. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    clearTimeout(this.#timer);
    await this.#running;
  }

  async #run(): Promise<void> {
    clearTimeout(this.#timer);
    const { signal } = this.#stopping;
    let started = performance.now();
    do {
      this.#again = false;
      started = performance.now();
      await this.#work(signal);
    } while (this.#again && !signal.aborted);
    this.#running = undefined;
    if (signal.aborted) return;
    const rest = Math.max(0, this.#intervalMs - (performance.now() - started));
    this.#timer = setTimeout(() => this.runNow(), rest).unref();
  }
}
