import type { CallOutcome } from './call.ts';

/** Q.850 cause value, 0 to 127, as Asterisk's HANGUPCAUSE carries it. */
export type HangupCause = number;

/** The Q.850 causes that Interlinks gives or tells apart. Names as in Asterisk's causes.h. */
export const cause = {
  unallocated: 1,
  noRouteDestination: 3,
  normalClearing: 16,
  userBusy: 17,
  noUserResponse: 18,
  noAnswer: 19,
  subscriberAbsent: 20,
  callRejected: 21,
  numberChanged: 22,
  invalidNumber: 28,
  /** No circuit available: more calls than the interlink may carry. */
  congestion: 34,
  networkOutOfOrder: 38,
  temporaryFailure: 41,
  switchCongestion: 42,
  incompatible: 58,
  /** What PJSIP makes of a CANCEL (487). */
  interworking: 127,
} as const satisfies Record<string, HangupCause>;

/** The outcome of a call that ended with a cause. */
export function outcomeOf(answered: boolean, ended: HangupCause): CallOutcome {
  if (answered) return 'answered';
  switch (ended) {
    case cause.unallocated:
    case cause.noRouteDestination:
      return 'unknown-number';
    case cause.normalClearing:
    case cause.interworking:
      return 'cancelled';
    case cause.userBusy:
      return 'busy';
    case cause.noUserResponse:
    case cause.noAnswer:
      return 'no-answer';
    case cause.subscriberAbsent:
      return 'unreachable';
    case cause.callRejected:
      return 'declined';
    case cause.congestion:
      return 'too-many-calls';
    case cause.networkOutOfOrder:
      return 'peer-away';
    default:
      return 'failed';
  }
}

/** Whether the other end of a trunk has no room for a call: SIP's 503 stands for 34 and for 42. */
export function isCongestion(ended: HangupCause): boolean {
  return ended === cause.congestion || ended === cause.switchCongestion;
}

const saidByTheCalledSide: ReadonlySet<HangupCause> = new Set([
  cause.unallocated,
  cause.normalClearing,
  cause.userBusy,
  cause.noUserResponse,
  cause.noAnswer,
  cause.subscriberAbsent,
  cause.callRejected,
  cause.numberChanged,
  cause.invalidNumber,
  cause.incompatible,
]);

/**
 * Whether a call over a trunk failed because of the trunk, so that another peer may be tried. Busy, declined,
 * no answer and unknown are answers, not failures.
 */
export function isTrunkFailure(ended: HangupCause): boolean {
  return !saidByTheCalledSide.has(ended);
}
