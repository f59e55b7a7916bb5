import { identityPrefixOf } from '../domain/ed25519-key.ts';
import { isActive, trunkName } from '../domain/interlink.ts';
import type { ActiveInterlink, Interlink } from '../domain/interlink.ts';
import type { InterlinkStore } from './interlink-store.ts';

/** `after` is undefined when the interlink ended, `before` when it is new. */
export interface InterlinkChange {
  readonly before: Interlink | undefined;
  readonly after: Interlink | undefined;
}

export type InterlinkListener = (change: InterlinkChange) => void;

const rereadAfterMs = 1000;

/**
 * All interlinks but tombstones, in memory, so that neither a call nor a request costs a read of the database. Who
 * writes to the store refreshes the interlink here; what cannot be read then is read later, again and again.
 */
export class InterlinkRegistry {
  readonly #store: Pick<InterlinkStore, 'list' | 'find'>;
  readonly #interlinks = new Map<string, Interlink>();
  readonly #byTrunk = new Map<string, string>();
  readonly #listeners = new Set<InterlinkListener>();
  readonly #ended = new Set<string>();
  /** Ids of those that may be otherwise in the store. */
  readonly #doubtful = new Set<string>();
  #reading: Promise<unknown> = Promise.resolve();
  #rereading: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(store: Pick<InterlinkStore, 'list' | 'find'>) {
    this.#store = store;
  }

  /** Reads everything; at the start. */
  async load(): Promise<void> {
    for (const interlink of await this.#store.list()) this.#put(interlink.id, interlink);
  }

  /** Oldest first. */
  all(): readonly Interlink[] {
    return [...this.#interlinks.values()];
  }

  /** Oldest first. */
  active(): readonly ActiveInterlink[] {
    return this.all().filter(isActive);
  }

  find(id: string): Interlink | undefined {
    return this.#interlinks.get(id);
  }

  /** @param name of its objects and channels in Asterisk, `il-…` */
  findByTrunk(name: string): Interlink | undefined {
    const id = this.#byTrunk.get(name);
    return id === undefined ? undefined : this.find(id);
  }

  /** The interlink whose peer's id begins with these 16 bytes. */
  findByPeerIdentity(prefix: Uint8Array): Interlink | undefined {
    return this.all().find(
      ({ peer }) => peer !== undefined && Buffer.compare(identityPrefixOf(peer.id), prefix) === 0,
    );
  }

  /** Like {@link find}, but reads the database for what is no longer here. Finds tombstones. */
  async findEver(id: string): Promise<Interlink | undefined> {
    return this.find(id) ?? (await this.#store.find(id));
  }

  /** Reads one interlink again after a change, and tells the listeners. @returns what it is now, no tombstone */
  async refresh(id: string): Promise<Interlink | undefined> {
    // One at a time: of two reads that overlap, the older must not overwrite the newer.
    const read = this.#reading.then(async () => {
      this.#doubtful.delete(id);
      const interlink = await this.#store.find(id);
      return this.#put(id, interlink?.state === 'tombstone' ? undefined : interlink);
    });
    this.#reading = read.catch(() => this.refreshLater(id));
    return await read;
  }

  /** Like {@link refresh}, in the background, until it succeeds. */
  refreshLater(id: string): void {
    this.#doubtful.add(id);
    if (!this.#stopped) this.#rereading ??= setTimeout(() => void this.#reread(), rereadAfterMs).unref();
  }

  /** Resolves when nothing is being read any more, nor will be by itself. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#rereading);
    await this.#reading;
  }

  /** Lets go at once of an interlink that is a tombstone in the store. A read under way does not bring it back. */
  end(id: string): void {
    this.#ended.add(id);
    this.#put(id, undefined);
  }

  /** @returns the function that ends the subscription */
  subscribe(listener: InterlinkListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async #reread(): Promise<void> {
    this.#rereading = undefined;
    const ids = [...this.#doubtful];
    try {
      for (const id of ids) await this.refresh(id);
    } catch {
      // The others wait for the next time as well: the database is away.
    }
  }

  #put(id: string, read: Interlink | undefined): Interlink | undefined {
    const after = this.#ended.has(id) ? undefined : read;
    const before = this.#interlinks.get(id);
    if (after === undefined) {
      this.#interlinks.delete(id);
      this.#byTrunk.delete(trunkName(id));
    } else {
      this.#interlinks.set(id, after);
      this.#byTrunk.set(trunkName(id), id);
    }
    if (before !== undefined || after !== undefined) {
      for (const listener of this.#listeners) listener({ before, after });
    }
    return after;
  }
}
