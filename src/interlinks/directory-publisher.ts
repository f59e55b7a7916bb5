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
  /** Peers whose last delivery failed. */
  readonly #failed = new Set<string>();
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
      this.#failed.delete(before.id);
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
    const told = [...this.#takers.keys()]
      .filter((id) => this.#findActive(id) !== undefined && !this.#deps.isAway(id))
      .map((id) => this.#tell(id));
    if (told.length === 0) return;
    const ended = new AbortController();
    await Promise.race([
      Promise.all(told),
      delay(patienceMs, undefined, { ref: false, signal: ended.signal }).catch(() => undefined),
    ]);
    ended.abort();
  }

  /** A peer has said which revision of this system's directory it has. One that cannot be reached is not told. */
  peerHas(interlinkId: string, revision: string | undefined): void {
    this.#takers.set(interlinkId, revision);
    if (revision === this.revision || this.#deps.isAway(interlinkId)) return;
    if (this.#findActive(interlinkId) !== undefined) void this.#tell(interlinkId);
  }

  /** Resolves when nothing is under way any more. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await Promise.all(this.#deliveries.values());
  }

  #findActive(id: string): ActiveInterlink | undefined {
    const interlink = this.#deps.registry.find(id);
    return interlink !== undefined && isActive(interlink) ? interlink : undefined;
  }

  /** One delivery at a time to each peer, so that none overtakes another. */
  async #tell(id: string): Promise<void> {
    const delivery = this.#deliveries.get(id) ?? this.#deliver(id).finally(() => this.#deliveries.delete(id));
    this.#deliveries.set(id, delivery);
    await delivery;
  }

  async #deliver(id: string): Promise<void> {
    while (this.#takers.has(id) && !this.#isRefused(id)) {
      const limiter = this.#failed.has(id) ? this.#oneByOne : this.#limiter;
      const sent = await limiter.run(async () => await this.#send(id));
      if (sent === undefined || !this.#takers.has(id)) return;
      this.#takers.set(id, sent);
      if (sent === this.revision) return;
    }
  }

  /** @returns the revision that the peer acknowledged */
  async #send(id: string): Promise<string | undefined> {
    const { transport, logger, uptime } = this.#deps;
    const { signal } = this.#stopping;
    const interlink = this.#findActive(id);
    if (interlink === undefined || signal.aborted) return undefined;
    const own = this.#own;
    const outcome = await transport.sendDirectory(interlink, own, signal);
    this.#failed.delete(id);
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
        if (this.#takers.has(id)) this.#failed.add(id);
        return undefined;
    }
  }

  #isRefused(id: string): boolean {
    const refused = this.#refused.get(id);
    return refused?.revision === this.revision && this.#deps.uptime() - refused.at < refusedForMs;
  }
}
