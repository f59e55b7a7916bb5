/**
 * A signal that aborts when some time is over, with a `TimeoutError` as `AbortSignal.timeout` does, or with another
 * signal. Dispose of it with the work that it limits: the other goes off in any case, long after, for nobody.
 */
export class Deadline implements Disposable {
  readonly signal: AbortSignal;
  readonly #timer: NodeJS.Timeout;

  /** @param ms milliseconds from now */
  constructor(ms: number, sooner?: AbortSignal) {
    const late = new AbortController();
    this.#timer = setTimeout(() => late.abort(new DOMException(`${ms} ms are over`, 'TimeoutError')), ms);
    this.signal = sooner === undefined ? late.signal : AbortSignal.any([late.signal, sooner]);
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
  }
}
