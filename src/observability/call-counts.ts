import type { CallDirection, CallOutcome } from '../domain/call.ts';

export interface CallCount {
  readonly interlinkId: string | undefined;
  readonly direction: CallDirection;
  readonly outcome: CallOutcome;
  count: number;
}

/**
 * Ended calls by interlink, direction and outcome. Kept by the interlink's id, so that a rename moves the count to the
 * new name.
 */
export class CallCounts {
  readonly #counts = new Map<string, CallCount>();

  add(interlinkId: string | undefined, direction: CallDirection, outcome: CallOutcome): void {
    const key = `${interlinkId ?? ''} ${direction} ${outcome}`;
    const known = this.#counts.get(key);
    if (known === undefined) this.#counts.set(key, { interlinkId, direction, outcome, count: 1 });
    else known.count += 1;
  }

  /** All counts but those of interlinks that have ended, which are forgotten. */
  of(isLive: (interlinkId: string) => boolean): readonly CallCount[] {
    for (const [key, { interlinkId }] of this.#counts) {
      if (interlinkId !== undefined && !isLive(interlinkId)) this.#counts.delete(key);
    }
    return [...this.#counts.values()];
  }
}
