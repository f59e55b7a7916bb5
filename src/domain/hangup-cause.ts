/** Q.850 cause value, 0 to 127, as Asterisk's HANGUPCAUSE carries it. */
export type HangupCause = number;

/** The Q.850 causes that Interlinks itself gives. Names as in Asterisk's causes.h. */
export const cause = {
  unallocated: 1,
  normalClearing: 16,
  userBusy: 17,
  noAnswer: 19,
  subscriberAbsent: 20,
  callRejected: 21,
  networkOutOfOrder: 38,
  temporaryFailure: 41,
} as const satisfies Record<string, HangupCause>;
