import type { Interlink } from '../domain/interlink.ts';
import type { Logger } from '../domain/logger.ts';
import type { Exclusive } from '../domain/exclusive.ts';
import type { InterlinkRegistry } from './interlink-registry.ts';
import type { InterlinkStore } from './interlink-store.ts';

/** How long either side of a pairing waits for the other. */
export const pairingPatienceMs = 600_000;

export interface AbandonPairingsDeps {
  readonly store: Pick<InterlinkStore, 'find' | 'bury'>;
  readonly registry: InterlinkRegistry;
  readonly exclusive: Exclusive;
  readonly now: () => number;
  readonly logger: Logger;
}

/**
 * The issuer's end of patience: a pairing that the redeemer does not confirm within 10 minutes of being seen here is
 * buried, or one side would have the interlink and the other not. A later confirmation is told that it is gone.
 */
export class AbandonPairings {
  readonly #deps: AbandonPairingsDeps;
  readonly #timers = new Map<string, NodeJS.Timeout>();
  readonly #unsubscribe: () => void;

  constructor(deps: AbandonPairingsDeps) {
    this.#deps = deps;
    this.#unsubscribe = deps.registry.subscribe(({ before, after }) => {
      const id = (after ?? before)?.id;
      if (id !== undefined) this.#watch(id, after);
    });
    for (const interlink of deps.registry.all()) this.#watch(interlink.id, interlink);
  }

  stop(): void {
    this.#unsubscribe();
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
  }

  #watch(id: string, interlink: Interlink | undefined): void {
    const waits = interlink?.state === 'pairing' && interlink.role === 'issuer';
    if (!waits) {
      clearTimeout(this.#timers.get(id));
      this.#timers.delete(id);
    } else if (!this.#timers.has(id)) {
      this.#timers.set(id, setTimeout(() => void this.#abandon(id), pairingPatienceMs).unref());
    }
  }

  async #abandon(id: string): Promise<void> {
    const { store, registry, exclusive, now, logger } = this.#deps;
    this.#timers.delete(id);
    try {
      await exclusive.run(id, async () => {
        if ((await store.find(id))?.state !== 'pairing') return;
        await store.bury(id, now(), { tellPeer: true });
        logger.warn(
          { interlink: id },
          'pairing given up: the other side did not confirm it within 10 minutes',
        );
      });
      await registry.refresh(id);
    } catch (error) {
      logger.error({ err: error, interlink: id }, 'could not give up a pairing');
      this.#watch(id, registry.find(id));
    }
  }
}
