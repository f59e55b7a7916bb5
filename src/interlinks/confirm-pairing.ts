import type { Logger } from '../domain/logger.ts';
import type { Exclusive } from '../domain/exclusive.ts';
import type { InterlinkRegistry } from './interlink-registry.ts';
import type { InterlinkStore } from './interlink-store.ts';
import type { StepListener } from './steps.ts';

export interface ConfirmPairingDeps {
  readonly store: Pick<InterlinkStore, 'activate'>;
  readonly registry: InterlinkRegistry;
  /** Shared with {@link AbandonPairings}, so that none of the two decides on what the other is changing. */
  readonly exclusive: Exclusive;
  readonly now: () => number;
  readonly logger: Logger;
  readonly onStep: StepListener;
}

/** The issuer's side of message 3: the redeemer, its request verified, confirms the pairing. */
export class ConfirmPairing {
  readonly #deps: ConfirmPairingDeps;

  constructor(deps: ConfirmPairingDeps) {
    this.#deps = deps;
  }

  /** Activates the interlink; an active one stays as it is. @returns false when it has ended */
  async confirm(id: string): Promise<boolean> {
    const { store, registry, exclusive, now, logger, onStep } = this.#deps;
    return await exclusive.run(id, async () => {
      onStep('confirmation-taken');
      if (await store.activate(id, now())) logger.info({ interlink: id }, 'interlink active');
      onStep('issuer-activated');
      return (await registry.refresh(id))?.state === 'active';
    });
  }
}
