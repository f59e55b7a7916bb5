/** Runs something again and again, never twice at a time. Its timer does not keep the process alive. */
export class PeriodicTask {
  readonly #intervalMs: () => number;
  readonly #work: (signal: AbortSignal, begun: () => void) => Promise<void>;
  readonly #stopping = new AbortController();
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;
  #startedAt = 0;
  #again = false;

  /**
   * @param intervalMs from start to start; a function is asked after each run
   * @param work must not reject; the signal aborts when the task is stopped. Work that waits at first says when it has
   *   begun: then the run has started, and is the one that was asked for meanwhile
   */
  constructor(
    intervalMs: number | (() => number),
    work: (signal: AbortSignal, begun: () => void) => Promise<void>,
  ) {
    this.#intervalMs = typeof intervalMs === 'number' ? () => intervalMs : intervalMs;
    this.#work = work;
  }

  /** Starts a run at once, or right after the one under way; the interval begins anew. */
  runNow(): void {
    if (this.#running === undefined) this.#running = this.#run();
    else this.#again = true;
  }

  /** The next run is in so long from now, unless one is under way; at most so long after the start of the last one. */
  postpone(restMs: number, atMostMs: number): void {
    if (this.#running === undefined)
      this.#runIn(Math.min(restMs, this.#startedAt + atMostMs - performance.now()));
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
    const begun = (): void => {
      this.#again = false;
      this.#startedAt = performance.now();
    };
    do {
      begun();
      await this.#work(signal, begun);
    } while (this.#again && !signal.aborted);
    this.#running = undefined;
    if (signal.aborted) return;
    this.#runIn(this.#intervalMs() - (performance.now() - this.#startedAt));
  }

  #runIn(restMs: number): void {
    clearTimeout(this.#timer);
    if (this.#stopping.signal.aborted) return;
    this.#timer = setTimeout(() => this.runNow(), Math.max(0, restMs)).unref();
  }
}
