import { setTimeout as delay } from 'node:timers/promises';
import type { Directory } from '../domain/directory.ts';
import { isActive } from '../domain/interlink.ts';
import type { ActiveInterlink } from '../domain/interlink.ts';
import type { Logger } from '../domain/logger.ts';
import type { InterlinkRegistry } from './interlink-registry.ts';
import { Limiter } from '../domain/limiter.ts';
import type { DirectoryTransport } from './peer-transport.ts';

/** So many peers are told at the same time. */
const atOnce = 16;
/** So long a change waits for the peers to have it before it is answered. */
const patienceMs = 2000;
/** What a peer refused is not sent to it again before. */
const refusedForMs = 60_000;

export interface DirectoryPublisherDeps {
  readonly registry: InterlinkRegistry;
  readonly transport: DirectoryTransport;
  /** What this system shares now; see directoryOf. */
  readonly directory: () => Directory;
  readonly isAway: (interlinkId: string) => boolean;
  /** Milliseconds of a clock that never jumps. */
  readonly uptime: () => number;
  readonly logger: Logger;
}

/**
 * Tells every peer what this system shares. Peers say in each heartbeat what they have of it; whoever has something
 * else is told again, until it acknowledges.
 */
export class DirectoryPublisher {
  readonly #deps: DirectoryPublisherDeps;
  readonly #limiter = new Limiter(atOnce);
  /** Peers that the last delivery did not reach. */
  readonly #missed = new Set<string>();
  /** These one by one: over a slow line one directory may come through in its time where several together do not. */
  readonly #oneByOne = new Limiter(1);
  readonly #stopping = new AbortController();
  readonly #deliveries = new Map<string, Promise<void>>();
  /** Peers that take directories, and the revision that they last said to have. */
  readonly #takers = new Map<string, string | undefined>();
  readonly #refused = new Map<string, { readonly revision: string; readonly at: number }>();
  #own: Directory;

  constructor(deps: DirectoryPublisherDeps) {
    this.#deps = deps;
    this.#own = deps.directory();
    deps.registry.subscribe(({ before, after }) => {
      if (after !== undefined || before === undefined) return;
      this.#takers.delete(before.id);
      this.#missed.delete(before.id);
      this.#refused.delete(before.id);
    });
  }

  /** Of what is shared at this moment. */
  get revision(): string {
    return this.#own.revision;
  }

  /**
   * The numbers are others than before. If that changes what is shared, the peers are told at once.
   * @returns when those who can be reached know it, or after 2 s
   */
  async numbersChanged(): Promise<void> {
    const own = this.#deps.directory();
    if (own.revision === this.#own.revision) return;
    this.#own = own;
    const { registry, isAway } = this.#deps;
    const told = [...this.#takers.keys()]
      .map((id) => registry.find(id))
      .filter((interlink) => interlink !== undefined && isActive(interlink) && !isAway(interlink.id))
      .map((interlink) => this.#tell(interlink as ActiveInterlink));
    if (told.length === 0) return;
    const ended = new AbortController();
    await Promise.race([
      Promise.all(told),
      delay(patienceMs, undefined, { ref: false, signal: ended.signal }).catch(() => undefined),
    ]);
    ended.abort();
  }

  /** A peer has said which revision of this system's directory it has. */
  peerHas(interlinkId: string, revision: string | undefined): void {
    this.#takers.set(interlinkId, revision);
    const interlink = this.#deps.registry.find(interlinkId);
    if (revision === this.revision || interlink === undefined || !isActive(interlink)) return;
    void this.#tell(interlink);
  }

  /** Resolves when nothing is under way any more. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await Promise.all(this.#deliveries.values());
  }

  /** One delivery at a time to each peer, so that none overtakes another. */
  async #tell(interlink: ActiveInterlink): Promise<void> {
    const { id } = interlink;
    const delivery =
      this.#deliveries.get(id) ?? this.#deliver(interlink).finally(() => this.#deliveries.delete(id));
    this.#deliveries.set(id, delivery);
    await delivery;
  }

  async #deliver(interlink: ActiveInterlink): Promise<void> {
    const { id } = interlink;
    const { signal } = this.#stopping;
    while (!signal.aborted && this.#takers.has(id) && !this.#isRefused(id)) {
      const limiter = this.#missed.has(id) ? this.#oneByOne : this.#limiter;
      const sent = await limiter.run(async () => await this.#send(interlink));
      if (sent === undefined) return;
      this.#takers.set(id, sent);
      if (sent === this.revision) return;
    }
  }

  /** @returns the revision that the peer acknowledged */
  async #send(interlink: ActiveInterlink): Promise<string | undefined> {
    const { transport, logger, uptime } = this.#deps;
    const { id } = interlink;
    const own = this.#own;
    const outcome = await transport.sendDirectory(interlink, own, this.#stopping.signal);
    this.#missed.delete(id);
    switch (outcome.kind) {
      case 'acknowledged':
        this.#refused.delete(id);
        return own.revision;
      case 'refused':
        logger.warn({ interlink: id, reason: outcome.reason }, 'the peer does not take the directory');
        this.#refused.set(id, { revision: own.revision, at: uptime() });
        return undefined;
      case 'failed':
        logger.debug({ interlink: id, reason: outcome.reason }, 'directory not acknowledged');
        if (this.#takers.has(id)) this.#missed.add(id);
        return undefined;
    }
  }

  #isRefused(id: string): boolean {
    const refused = this.#refused.get(id);
    return refused?.revision === this.revision && this.#deps.uptime() - refused.at < refusedForMs;
  }
}
