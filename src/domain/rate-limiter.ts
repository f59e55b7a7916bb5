/** How much is allowed: so much at once, and so much a second in the long run. */
export interface RateLimit {
  readonly burst: number;
  readonly perSecond: number;
  /** Of so many keys the limiter keeps account; the one not seen for the longest time is forgotten first. */
  readonly maxKeys: number;
}

interface Bucket {
  left: number;
  at: number;
  exhausted: boolean;
}

/** A token bucket for each key. Times are milliseconds on a clock that never goes back. */
export class RateLimiter {
  readonly #limit: RateLimit;
  readonly #buckets = new Map<string, Bucket>();

  constructor(limit: RateLimit) {
    this.#limit = limit;
  }

  /** Whether there is anything left for the key. */
  allows(key: string, now: number): boolean {
    const bucket = this.#buckets.get(key);
    return bucket === undefined || this.#leftOf(bucket, now) >= 1;
  }

  /**
   * Takes from what is left for the key.
   * @returns true when this exhausted it; not again before it has been full once more, so that a burst is told once
   */
  charge(key: string, now: number, cost = 1): boolean {
    const { burst, maxKeys } = this.#limit;
    const bucket = this.#buckets.get(key) ?? { left: burst, at: now, exhausted: false };
    const left = this.#leftOf(bucket, now);
    if (left >= burst) bucket.exhausted = false;
    bucket.left = Math.max(0, left - cost);
    bucket.at = now;
    this.#buckets.delete(key);
    this.#buckets.set(key, bucket);
    if (this.#buckets.size > maxKeys) {
      for (const oldest of this.#buckets.keys()) {
        this.#buckets.delete(oldest);
        break;
      }
    }
    if (bucket.left >= 1 || bucket.exhausted) return false;
    bucket.exhausted = true;
    return true;
  }

  #leftOf({ left, at }: Bucket, now: number): number {
    const { burst, perSecond } = this.#limit;
    return Math.min(burst, left + ((now - at) / 1000) * perSecond);
  }
}
