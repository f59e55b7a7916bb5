/**
 * A signal that aborts when some time is over, or with another one. Dispose of it with the work that it limits: what
 * `AbortSignal.timeout` gives goes off in any case, long after, and makes an error and its stack for nobody.
 */
export class Deadline implements Disposable {
  readonly signal: AbortSignal;
  readonly #timer: NodeJS.Timeout;

  /** @param ms milliseconds from now */
  constructor(ms: number, sooner?: AbortSignal) {
    const late = new AbortController();
    this.#timer = setTimeout(() => late.abort(), ms);
    this.signal = sooner === undefined ? late.signal : AbortSignal.any([late.signal, sooner]);
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
  }
}
