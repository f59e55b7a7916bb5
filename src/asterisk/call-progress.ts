/** How far a call has come that the dial plan carries on. */
export interface CallProgress {
  /** Whether its channel was answered, by a phone or by a place in the dial plan. */
  readonly up: boolean;
  /** Milliseconds from the dialing to ringing, or to sound before the answer; undefined: nothing rang so far. */
  readonly rangAfterMs: number | undefined;
  /** Milliseconds for which the channel was up when the call that `Dial` had joined ended; undefined of others. */
  readonly talkedMs: number | undefined;
  /** Whether `Dial` has joined it with who answered. A channel that was up before is so whether that happens or not. */
  readonly joined: boolean;
}

/** What the dial plan says about that, as in dialplan/interlinks.conf, and what can be asked while `Dial` is at it. */
export const progressExpression =
  '${CHANNEL(state)}|${RINGTIME_MS}|${PROGRESSTIME_MS}|${ANSWEREDTIME_MS}|${DIALSTATUS}';

/** @param text what came of {@link progressExpression} */
export function parseProgress(text: string): CallProgress {
  const [state, ringtime = '', progresstime = '', answeredtime = '', dialstatus] = text.split('|');
  const [ringing, progress, talked] = [ringtime, progresstime, answeredtime].map((field) =>
    /^\d+$/.test(field) ? Number(field) : undefined,
  );
  const rang = [ringing, progress].filter((ms) => ms !== undefined);
  return {
    up: state === 'Up',
    rangAfterMs: rang.length > 0 ? Math.min(...rang) : undefined,
    talkedMs: talked,
    joined: talked !== undefined || dialstatus === 'ANSWER',
  };
}
