import type { ActiveInterlink } from '../domain/interlink.ts';
import type { NumberPlan } from '../domain/number-plan.ts';
import { findPrefixed } from '../domain/prefix.ts';
import type { Directories, LiveInterlinks } from './route-call.ts';

export interface DialBackDeps {
  readonly plan: () => NumberPlan;
  readonly interlinks: Pick<LiveInterlinks, 'active'>;
  readonly directories: Directories;
}

/**
 * What the called phone shows as the number of a caller of a linked system: what has to be dialed to call back. That
 * is the number itself, or the number with the interlink's prefix where the number alone would reach somebody else.
 */
export function numberToDialBack(deps: DialBackDeps, interlink: ActiveInterlink, number: string): string {
  const { prefix } = interlink;
  if (prefix === undefined || reachesAlone(deps, interlink, number)) return number;
  return deps.plan().isPlausibleElsewhere(prefix + number) ? prefix + number : number;
}

/** Whether the number, dialed as it is, is asked for at that interlink's peer first. */
function reachesAlone(deps: DialBackDeps, { id }: ActiveInterlink, number: string): boolean {
  const plan = deps.plan();
  if (plan.findDialed(number) !== undefined || plan.hasOwnPrefix(number)) return false;
  if (!plan.isPlausibleElsewhere(number)) return false;
  if (findPrefixed(deps.interlinks.active(), number) !== undefined) return false;
  const first = deps.directories.whoMayHave(number).find(({ listed }) => listed);
  return first === undefined || first.interlink.id === id;
}
