import type { CallRecord } from '../domain/call.ts';

/** Port: told of what becomes of calls, each time with the record as it is from then on. */
export interface CallEvents {
  /** Its peer's trunk failed and another peer is tried. */
  redirected(call: CallRecord): void;
  /** Of a call that was answered at once, it is known at its end only. */
  rang(call: CallRecord): void;
  answered(call: CallRecord): void;
  /** Ended, also at the door: refused. */
  ended(call: CallRecord): void;
  /** The record could not be written. The call itself goes on, and it is tried again. */
  notWritten(callId: string, error: unknown): void;
}
