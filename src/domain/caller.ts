import { cleanDisplayName } from './display-name.ts';
import type { LocalNumber } from './local-number.ts';
import { isDialable, type NumberPlan } from './number-plan.ts';

/** How a caller shows to the other system. A private caller has no number and the system's name. */
export interface CallerIdentity {
  /** `[0-9*#]{1,20}` */
  readonly number: string | undefined;
  /** Up to 40 printable characters. */
  readonly name: string;
}

/**
 * Who is calling, from the endpoint whose channel it is: the number whose only target it is; among several the
 * caller ID picks. A private number, a shared phone or an unknown one stays unnamed.
 *
 * @param endpoint such as `PJSIP/101`
 * @param callerId the number in the channel's caller ID
 * @param systemName shown instead of a private caller's own name
 */
export function identifyCaller(
  plan: NumberPlan,
  endpoint: string,
  callerId: string,
  systemName: string,
): CallerIdentity {
  const local = ownNumber(plan, endpoint, callerId);
  if (local === undefined || local.private) return { number: undefined, name: cleanDisplayName(systemName) };
  return { number: local.number, name: cleanDisplayName(local.name ?? systemName) };
}

function ownNumber(plan: NumberPlan, endpoint: string, callerId: string): LocalNumber | undefined {
  const own = plan
    .numbersOf(endpoint)
    .filter((local) => local.target.kind === 'ring' && local.target.endpoints.length === 1);
  return own.length === 1 ? own[0] : own.find((local) => local.number === callerId);
}

/**
 * What the called phone shows of a caller at a peer. Only this side's name for the interlink is trusted; what the
 * peer sent is cut to printable characters and length. A caller without a number shows as the interlink alone.
 */
export function shownCaller(interlinkName: string, caller: CallerIdentity): CallerIdentity {
  const number = caller.number !== undefined && isDialable(caller.number) ? caller.number : undefined;
  const name = number === undefined ? '' : cleanDisplayName(caller.name);
  return { number, name: name === '' ? interlinkName : `${interlinkName}: ${name}` };
}
