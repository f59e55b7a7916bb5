import type { WarmUp } from './calls.ts';
import type { Contender } from './contenders.ts';
import { placeCalls, type Calls, type Placed } from './load.ts';
import { Turns } from './turns.ts';

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
  /** See Turns. */
  readonly settleMs?: number | undefined;
  /** Waits after a rate that was not held, until what it has left is over. */
  readonly rest: () => Promise<void>;
  readonly warmUp: WarmUp;
  /** Calls a second that a contender is likely to hold, where the search begins; left out: in the middle. */
  readonly likely?: ((contender: Contender) => number | undefined) | undefined;
}

interface Search {
  readonly contender: Contender;
  /** Index of the rate with which it begins. */
  readonly first: number;
  tries: number;
  /** The first `held` rates are known to be held, those from `fails` on to fail. */
  held: number;
  fails: number;
}

/** Of a rate that is too high many calls fail. Where they are less than this share, the rate is tried once more. */
const FEW = 0.01;

/**
 * Looks for the highest rate, up or down from the likely one in steps that double, and by halving as soon as one is
 * known that is held, and one that is not. Contender after contender, so that a busy machine slows all alike.
 *
 * @param place places calls and tells how many failed
 */
export async function findHeldRates(
  contenders: readonly Contender[],
  { rates, holdS, settleMs, rest, warmUp, likely = () => undefined }: RateSearch,
  place: (calls: Calls) => Promise<Pick<Placed, 'failed'>> = placeCalls,
): Promise<readonly HeldRate[]> {
  const turns = new Turns(
    contenders.map(({ processes }) => processes),
    settleMs,
  );
  const isHeld = async ({ from, dialed, processes }: Contender, perSecond: number): Promise<boolean> => {
    await turns.begin(processes);
    const count = perSecond * holdS;
    const tryOnce = async (): Promise<number> => {
      const { failed } = await place({ from, dialed, count, perSecond });
      if (failed > 0) await rest();
      return failed;
    };
    const failed = await tryOnce();
    return failed === 0 || (failed < FEW * count && (await tryOnce()) === 0);
  };
  const searches = contenders.map((contender): Search => {
    const begin = likely(contender) ?? rates[Math.floor(rates.length / 2)] ?? 0;
    const first = Math.max(
      0,
      rates.findLastIndex((rate) => rate <= begin),
    );
    return { contender, first, tries: 0, held: 0, fails: rates.length };
  });
  try {
    for (const { from, dialed, processes } of contenders) {
      await turns.begin(processes);
      await place({ from, dialed, ...warmUp });
    }
    for (let open = searches; open.length > 0; open = open.filter(({ held, fails }) => held < fails)) {
      for (const search of open) {
        const index = nextOf(search, rates.length);
        if (await isHeld(search.contender, rates[index] ?? 0)) search.held = index + 1;
        else search.fails = index;
        search.tries += 1;
      }
    }
  } finally {
    turns.end();
  }
  return searches.map(({ contender: { name, rttMs }, held, fails }) => ({
    name,
    rttMs,
    callsPerSecond: rates[held - 1] ?? 0,
    failedAt: rates[fails],
    heldS: holdS,
  }));
}

/** Of so many rates, the index of the one to try next. */
function nextOf({ first, tries, held, fails }: Search, count: number): number {
  if (tries === 0) return first;
  const far = 2 ** (tries - 1);
  if (fails === count) return Math.min(held - 1 + far, count - 1);
  return held === 0 ? Math.max(fails - far, 0) : Math.floor((held + fails) / 2);
}
