import type { KnownDirectory, SharedNumber } from '../domain/directory.ts';
import type { ActiveInterlink } from '../domain/interlink.ts';
import type { NumberPlan } from '../domain/number-plan.ts';
import { findPrefixed } from '../domain/prefix.ts';

/** A number of a linked system, and what somebody here who dials it gets. */
export interface RemoteNumber extends SharedNumber {
  readonly interlink: ActiveInterlink;
  readonly away: boolean;
  readonly reach:
    | { readonly kind: 'dialable' }
    /** A number of this system's own, which always wins. */
    | { readonly kind: 'local-wins' }
    /** An older interlink has it as well, or the number begins with another one's prefix. */
    | { readonly kind: 'interlink-wins'; readonly winner: ActiveInterlink }
    /** An emergency number here, or of a length that is not looked up. */
    | { readonly kind: 'not-dialable' };
  /** What reaches it from here, with the interlink's prefix where need be; undefined when nothing does. */
  readonly dial: string | undefined;
}

/**
 * All numbers that peers share, by number; the same number in the order in which it is tried. Of several systems the
 * first wins that is not away.
 *
 * @param directories the oldest interlink first
 */
export function remoteNumbers(
  plan: NumberPlan,
  directories: readonly KnownDirectory[],
): readonly RemoteNumber[] {
  const prefixedOnes = directories
    .map(({ interlink }) => interlink)
    .filter(({ prefix }) => prefix !== undefined);
  const winners = new Map<string, KnownDirectory>();
  for (const directory of directories) {
    for (const { number } of directory.numbers) {
      const winner = winners.get(number);
      if (winner === undefined || (winner.away && !directory.away)) winners.set(number, directory);
    }
  }
  const reachOf = (number: string, directory: KnownDirectory): RemoteNumber['reach'] => {
    if (plan.findDialed(number) !== undefined) return { kind: 'local-wins' };
    if (!plan.isPlausibleElsewhere(number) || plan.hasOwnPrefix(number)) return { kind: 'not-dialable' };
    const prefixed = findPrefixed(prefixedOnes, number);
    if (prefixed !== undefined) return { kind: 'interlink-wins', winner: prefixed.interlink };
    const winner = winners.get(number) ?? directory;
    return winner === directory ? { kind: 'dialable' } : { kind: 'interlink-wins', winner: winner.interlink };
  };
  return directories
    .flatMap((directory) =>
      directory.numbers.map(({ number, name }) => {
        const { interlink, away } = directory;
        const reach = reachOf(number, directory);
        const dial = reach.kind === 'dialable' ? number : withPrefix(plan, interlink, number);
        return { number, name, interlink, away, reach, dial };
      }),
    )
    .toSorted(byNumber);
}

function withPrefix(plan: NumberPlan, { prefix }: ActiveInterlink, number: string): string | undefined {
  if (prefix === undefined || plan.isEmergency(number)) return undefined;
  const dialed = prefix + number;
  return plan.isPlausibleElsewhere(dialed) && plan.findDialed(dialed) === undefined ? dialed : undefined;
}

function byNumber({ number: a }: SharedNumber, { number: b }: SharedNumber): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
