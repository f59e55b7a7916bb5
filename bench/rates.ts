import type { WarmUp } from './calls.ts';
import type { Contender } from './contenders.ts';
import { placeCalls } from './load.ts';

/** The highest rate of those tried at which no call failed; 0 when some did at each. */
export interface HeldRate {
  readonly name: string;
  /** Round-trip time between the two systems, milliseconds. */
  readonly rttMs: number;
  readonly callsPerSecond: number;
  /** The next rate, at which calls failed; left out when the highest was held. */
  readonly failedAt?: number | undefined;
  readonly heldS: number;
}

export interface RateSearch {
  /** Calls a second, in ascending order. */
  readonly rates: readonly number[];
  readonly holdS: number;
  /** Waits after a rate that was not held, until what it has left is over. */
  readonly rest: () => Promise<void>;
  readonly warmUp: WarmUp;
}

/** Of a rate that is too high many calls fail. Where they are less than this share, the rate is tried once more. */
const FEW = 0.01;

/**
 * Looks for the highest rate by halving, contender after contender, so that a busy machine slows all alike.
 *
 * @param place places calls and tells how many failed
 */
export async function findHeldRates(
  contenders: readonly Contender[],
  { rates, holdS, rest, warmUp }: RateSearch,
  place: typeof placeCalls = placeCalls,
): Promise<readonly HeldRate[]> {
  for (const { from, dialed } of contenders) await place({ from, dialed, ...warmUp });
  // The first `held` rates are known to be held, those from `fails` on to fail.
  const searches = contenders.map((contender) => ({ contender, held: 0, fails: rates.length }));
  for (let open = searches; open.length > 0; open = open.filter(({ held, fails }) => held < fails)) {
    for (const search of open) {
      const { from, dialed } = search.contender;
      const middle = Math.floor((search.held + search.fails) / 2);
      const perSecond = rates[middle] ?? 0;
      const count = perSecond * holdS;
      const tryOnce = async (): Promise<number> => {
        const { failed } = await place({ from, dialed, count, perSecond });
        if (failed > 0) await rest();
        return failed;
      };
      const failed = await tryOnce();
      const held = failed === 0 || (failed < FEW * count && (await tryOnce()) === 0);
      if (held) search.held = middle + 1;
      else search.fails = middle;
    }
  }
  return searches.map(({ contender: { name, rttMs }, held, fails }) => ({
    name,
    rttMs,
    callsPerSecond: rates[held - 1] ?? 0,
    failedAt: rates[fails],
    heldS: holdS,
  }));
}
