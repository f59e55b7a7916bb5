/** An event with its id, by which a reader says how far it has read. */
export interface Published<Event> {
  /** `<instance>-<number>`; ids of another instance mean nothing here. */
  readonly id: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly event: Event;
}

export interface EventHubOptions {
  /** Unlike that of any other hub, earlier ones of the same system included. */
  readonly instance: string;
  /** How many events are kept for readers that were away for a moment. */
  readonly capacity: number;
  readonly now: () => number;
}

/** Hands every event to all who listen, and keeps the latest for those who come back. */
export class EventHub<Event> {
  readonly #options: EventHubOptions;
  readonly #listeners = new Set<(published: Published<Event>) => void>();
  readonly #kept: Published<Event>[] = [];
  #count = 0;

  constructor(options: EventHubOptions) {
    this.#options = options;
  }

  /** Id of the newest event; one that stands for "before the first" when there was none. */
  get lastId(): string {
    return this.#idOf(this.#count);
  }

  publish(event: Event): void {
    this.#count += 1;
    const published = { id: this.lastId, at: this.#options.now(), event };
    this.#kept.push(published);
    if (this.#kept.length > this.#options.capacity) this.#kept.shift();
    for (const listener of this.#listeners) listener(published);
  }

  /** @returns what came after that event, oldest first; undefined when that is not known any more */
  since(id: string): readonly Published<Event>[] | undefined {
    const before = this.#count - this.#kept.length;
    for (let read = before; read <= this.#count; read += 1) {
      if (this.#idOf(read) === id) return this.#kept.slice(read - before);
    }
    return undefined;
  }

  /** @returns the function that ends the subscription */
  subscribe(listener: (published: Published<Event>) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #idOf(count: number): string {
    return `${this.#options.instance}-${count}`;
  }
}
