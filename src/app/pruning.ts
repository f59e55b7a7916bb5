import type { Logger } from '../domain/logger.ts';
import type { LiveConfig } from '../config/live-config.ts';
import type { Store } from '../store/index.ts';

const everyMs = 3_600_000;
const dayMs = 86_400_000;

export interface PruningDeps {
  readonly store: { readonly [Part in 'seenRequests' | 'calls' | 'audit']: Pick<Store[Part], 'prune'> };
  readonly live: Pick<LiveConfig, 'current'>;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly log: Pick<Logger, 'warn'>;
}

/** Removes every hour what is kept for a time only. @returns ends it */
export function startPruning({ store, live, now, log }: PruningDeps): () => void {
  const prune = async (): Promise<void> => {
    const before = now() - live.current.records.days * dayMs;
    await Promise.all([
      store.seenRequests.prune(now()),
      store.calls.prune(before),
      store.audit.prune(before),
    ]);
  };
  const timer = setInterval(() => {
    prune().catch((error: unknown) => log.warn({ err: error }, 'what is too old stays for another hour'));
  }, everyMs).unref();
  return () => clearInterval(timer);
}
