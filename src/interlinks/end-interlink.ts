import type { Interlink } from '../domain/interlink.ts';
import type { Logger } from '../domain/logger.ts';
import type { StepListener } from './steps.ts';
import type { Exclusive } from '../domain/exclusive.ts';
import type { InterlinkRegistry } from './interlink-registry.ts';
import type { InterlinkStore } from './interlink-store.ts';
import type { CleanUp, TrunkReconciler } from './trunk-reconciler.ts';

export interface EndInterlinkDeps {
  readonly store: Pick<InterlinkStore, 'bury'>;
  readonly registry: InterlinkRegistry;
  readonly trunks: Pick<TrunkReconciler, 'cleanUp'>;
  readonly exclusive: Exclusive;
  readonly now: () => number;
  readonly logger: Logger;
  readonly onStep: StepListener;
}

/** Who ended an interlink: an admin here, or the other system. */
export type EndedBy = 'this-side' | 'other-side';

export interface Ended {
  /** As it was. */
  readonly interlink: Interlink;
  readonly cleanUp: Promise<CleanUp>;
}

/** Ends an interlink on this side, whoever asked for it. */
export class EndInterlink {
  readonly #deps: EndInterlinkDeps;

  constructor(deps: EndInterlinkDeps) {
    this.#deps = deps;
  }

  /**
   * Resolves once the end is on disk; from then on nothing of the interlink works here, also after a restart. Its trunk
   * and its calls are cleared away after that.
   * @returns undefined when no interlink of that id is live
   */
  async end(id: string, by: EndedBy): Promise<Ended | undefined> {
    const { store, registry, exclusive, now, logger, onStep } = this.#deps;
    return await exclusive.run(id, async () => {
      const interlink = registry.find(id);
      if (interlink === undefined) return undefined;
      onStep('ending');
      await store.bury(id, now(), { tellPeer: by === 'this-side' });
      onStep('buried');
      registry.end(id);
      onStep('refusing');
      logger.info({ interlink: id, name: interlink.name, peer: interlink.peer?.name, by }, 'interlink ended');
      return { interlink, cleanUp: this.#cleanUp(id) };
    });
  }

  async #cleanUp(id: string): Promise<CleanUp> {
    const cleanUp = await this.#deps.trunks.cleanUp(id);
    this.#deps.onStep('cleaned-up');
    return cleanUp;
  }
}
