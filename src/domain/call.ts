import type { HangupCause } from './hangup-cause.ts';

/** `local`: both phones here. `out`: over a trunk to a peer. `in`: over a trunk from a peer. */
export const callDirections = ['local', 'out', 'in'] as const;

export type CallDirection = (typeof callDirections)[number];

/** How a call ended, in the words shown to admins. A closed list, since it is a label of a metric. */
export const callOutcomes = [
  'answered',
  'busy',
  'no-answer',
  'declined',
  'cancelled',
  /** No phone is registered for the number. */
  'unreachable',
  'unknown-number',
  'peer-away',
  /** More than the interlink may carry at once, or in a second. */
  'too-many-calls',
  /** Came over a trunk without the right to: no ticket, an old one, a used one. */
  'refused',
  'failed',
] as const;

export type CallOutcome = (typeof callOutcomes)[number];

/** What a call came to that was not put through: not for what somebody did, as with busy or declined. */
export const failedOutcomes = [
  'unreachable',
  'unknown-number',
  'peer-away',
  'too-many-calls',
  'refused',
  'failed',
] as const satisfies readonly CallOutcome[];

/** One call as this system saw it. Times are milliseconds since the epoch. */
export interface CallRecord {
  /** UUID, made by the calling side and the same on both systems. */
  readonly callId: string;
  readonly direction: CallDirection;
  /** None for a local call, and for one that no peer took. */
  readonly interlinkId: string | undefined;
  /** The caller's internal number as told to the called side; none when private. */
  readonly caller: string | undefined;
  readonly dialed: string;
  /** The Asterisk channel on which the call came to this system. */
  readonly channel: string;
  readonly startedAt: number;
  readonly ringingAt: number | undefined;
  readonly answeredAt: number | undefined;
  readonly endedAt: number | undefined;
  readonly cause: HangupCause | undefined;
  readonly outcome: CallOutcome | undefined;
}
