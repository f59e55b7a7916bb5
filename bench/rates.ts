import type { Contender } from './contenders.ts';
import { placeCalls } from './load.ts';

/** The highest rate of those tried at which no call failed; 0 when some did at each. */
export interface HeldRate {
  readonly name: string;
  readonly callsPerSecond: number;
  readonly heldS: number;
}

/** Tries rates from the lowest on, contender after contender at each, until a call of theirs fails. */
export async function findHeldRates(
  contenders: readonly Contender[],
  { rates, holdS }: { readonly rates: readonly number[]; readonly holdS: number },
): Promise<readonly HeldRate[]> {
  const held = new Map(contenders.map((contender) => [contender, 0]));
  let left = contenders;
  for (const perSecond of rates) {
    const still: Contender[] = [];
    for (const contender of left) {
      const { from, dialed } = contender;
      const { failed } = await placeCalls({ from, dialed, count: perSecond * holdS, perSecond });
      if (failed > 0) continue;
      held.set(contender, perSecond);
      still.push(contender);
    }
    left = still;
  }
  return [...held].map(([{ name }, callsPerSecond]) => ({ name, callsPerSecond, heldS: holdS }));
}
