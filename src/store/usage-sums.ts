import type { Usage } from '../calls/call-store.ts';

/** What the database says of the calls of one period, or of a part of it. */
export interface UsagePart {
  readonly start: number;
  readonly of: string | null;
  readonly calls: number;
  readonly answered: number;
  readonly failed: number;
  readonly talked: number;
  /** Calls that rang, and how long all of them together took for that; null when none did. */
  readonly rang: number;
  readonly delay: number | null;
  readonly longest: number | null;
}

/** Adds up the parts of each period, in the order in which periods came first. */
export class UsageSums {
  readonly #sums = new Map<string, UsagePart>();

  add(part: UsagePart): void {
    const key = JSON.stringify([part.start, part.of]);
    const sum = this.#sums.get(key);
    this.#sums.set(key, sum === undefined ? part : together(sum, part));
  }

  usages(): readonly Usage[] {
    return [...this.#sums.values()].map(
      ({ start, of, calls, answered, failed, talked, rang, ...delays }) => ({
        start,
        of: of ?? undefined,
        calls,
        answered,
        failed,
        talkedMs: talked,
        postDialDelayMs: delays.delay === null ? undefined : Math.round(delays.delay / rang),
        longestPostDialDelayMs: delays.longest ?? undefined,
      }),
    );
  }
}

function together(one: UsagePart, other: UsagePart): UsagePart {
  return {
    ...one,
    calls: one.calls + other.calls,
    answered: one.answered + other.answered,
    failed: one.failed + other.failed,
    talked: one.talked + other.talked,
    rang: one.rang + other.rang,
    delay: one.delay === null ? other.delay : one.delay + (other.delay ?? 0),
    longest: one.longest === null ? other.longest : Math.max(one.longest, other.longest ?? 0),
  };
}
