import type { ActiveInterlink } from '../domain/interlink.ts';
import type { Logger } from '../domain/logger.ts';
import { RateLimiter } from '../domain/rate-limiter.ts';

/**
 * What one interlink may ask. Going through a number range costs: some 30 minutes for each 10,000 numbers. Calls
 * hardly cost: 100 a second in the long run.
 */
const lookupLimit = { burst: 200, perSecond: 5, maxKeys: 10_000 };
const lookupCost = { unknown: 1, shared: 0.05 };

/** Keeps account of what peers ask, so that none of them finds out by guessing which numbers there are. */
export class LookupLimit {
  readonly #limiter = new RateLimiter(lookupLimit);
  readonly #now: () => number;
  readonly #log: Logger;

  /** @param now milliseconds on a clock that never goes back */
  constructor(now: () => number, log: Logger) {
    this.#now = now;
    this.#log = log;
  }

  /** Whether a peer may be told of a number. */
  allows(interlink: ActiveInterlink): boolean {
    return this.#limiter.allows(interlink.id, this.#now());
  }

  /** Counts an answer, whatever it was. */
  count(interlink: ActiveInterlink, status: keyof typeof lookupCost): void {
    if (!this.#limiter.charge(interlink.id, this.#now(), lookupCost[status])) return;
    this.#log.warn(
      { interlink: interlink.id, name: interlink.name, peer: interlink.peer.id },
      'a linked system asks for too many numbers; until it asks less, every number is unknown to it',
    );
  }
}
