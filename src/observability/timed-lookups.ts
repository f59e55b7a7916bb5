import type { PeerLookups } from '../calls/peer-lookups.ts';
import type { Metrics } from './metrics.ts';

/** Measures how long each lookup takes, and what comes of it. */
export function timedLookups(lookups: PeerLookups, metrics: Metrics): PeerLookups {
  return {
    ask: async (interlink, query, signal) => {
      const started = performance.now();
      const answer = await lookups.ask(interlink, query, signal);
      metrics.lookedUp(answer?.status ?? 'no-answer', (performance.now() - started) / 1000);
      return answer;
    },
  };
}
