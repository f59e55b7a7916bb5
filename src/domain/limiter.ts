/** Runs so many at a time; the others wait their turn. */
export class Limiter {
  #free: number;
  readonly #waiting = new Set<() => void>();

  constructor(atOnce: number) {
    this.#free = atOnce;
  }

  async run<T>(work: () => Promise<T>): Promise<T> {
    if (!this.#takeFree()) await this.#turn();
    return await this.#inTurn(work);
  }

  /** As `run`, unless the signal aborts before its turn has come. @returns undefined then */
  async runUnless<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T | undefined> {
    if (signal.aborted || !(this.#takeFree() || (await this.#turn(signal)))) return undefined;
    return await this.#inTurn(work);
  }

  #takeFree(): boolean {
    if (this.#free === 0) return false;
    this.#free -= 1;
    return true;
  }

  async #inTurn<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } finally {
      const [next] = this.#waiting;
      if (next === undefined) this.#free += 1;
      else next();
    }
  }

  /** Waits for one that ends. @returns false when the signal aborted before */
  async #turn(signal?: AbortSignal): Promise<boolean> {
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const end = (isTurn: boolean): void => {
      this.#waiting.delete(come);
      signal?.removeEventListener('abort', leave);
      resolve(isTurn);
    };
    const come = (): void => end(true);
    const leave = (): void => end(false);
    this.#waiting.add(come);
    signal?.addEventListener('abort', leave);
    return await promise;
  }
}
