import type { CallRecord } from '../domain/call.ts';
import { RateLimiter } from '../domain/rate-limiter.ts';

/** What one interlink may carry. */
export interface CallLimits {
  /** At once, both ways. */
  readonly calls: number;
  /** That arrive, in the long run; as many as may be at once may come in one go. */
  readonly perSecond: number;
}

type CarriedCall = Pick<CallRecord, 'interlinkId' | 'channel'>;

/** Of so many interlinks account is kept. */
const maxInterlinks = 10_000;

/** Keeps one interlink's calls from taking what the calls of the others need. */
export class CallLimit {
  readonly #limits: CallLimits;
  readonly #arrivals: RateLimiter;
  readonly #active: () => readonly CarriedCall[];
  readonly #now: () => number;

  /**
   * @param active the calls that are up
   * @param now milliseconds on a clock that never goes back
   */
  constructor(limits: CallLimits, active: () => readonly CarriedCall[], now: () => number) {
    this.#limits = limits;
    const { calls: burst, perSecond } = limits;
    this.#arrivals = new RateLimiter({ burst, perSecond, maxKeys: maxInterlinks });
    this.#active = active;
    this.#now = now;
  }

  /** Whether an interlink may carry the call of a channel, which counts already or does not count yet. */
  hasRoom(interlinkId: string, channel: string): boolean {
    const others = this.#active().filter(
      (call) => call.interlinkId === interlinkId && call.channel !== channel,
    );
    return others.length < this.#limits.calls;
  }

  /** Whether a call that arrives may come in; counts it if so. */
  admits(interlinkId: string, channel: string): boolean {
    const now = this.#now();
    if (!this.#arrivals.allows(interlinkId, now) || !this.hasRoom(interlinkId, channel)) return false;
    this.#arrivals.charge(interlinkId, now);
    return true;
  }
}
