/** Tasks to be done a little later, one for each name. Their timers do not keep the process alive. */
export class DelayedTasks {
  readonly #timers = new Map<string, NodeJS.Timeout>();
  readonly #running = new Map<string, Promise<unknown>>();

  /** @param work must not reject. It takes the place of what was scheduled for that name. */
  schedule(name: string, delayMs: number, work: () => Promise<void>): void {
    clearTimeout(this.#timers.get(name));
    const timer = setTimeout(() => {
      this.#timers.delete(name);
      const done = Promise.all([this.#running.get(name), work()]).finally(() => {
        if (this.#running.get(name) === done) this.#running.delete(name);
      });
      this.#running.set(name, done);
    }, delayMs);
    this.#timers.set(name, timer.unref());
  }

  /** When this resolves, nothing is scheduled or under way for that name. */
  async cancel(name: string): Promise<void> {
    do {
      clearTimeout(this.#timers.get(name));
      this.#timers.delete(name);
      // It may schedule itself again.
      await this.#running.get(name);
    } while (this.#timers.has(name) || this.#running.has(name));
  }
}
