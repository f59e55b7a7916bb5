import type { CallEvents } from '../calls/call-events.ts';
import type { CallRecord } from '../domain/call.ts';
import type { Logger } from '../domain/logger.ts';
import type { Metrics } from './metrics.ts';

/** What is counted of calls. */
type CallMetrics = Pick<Metrics, 'postDialDelay' | 'callEnded'>;

/** Writes a line for each thing that happens to a call, with the id that it has on both systems, and counts it. */
export class CallLog implements CallEvents {
  readonly #log: Logger;
  readonly #metrics: CallMetrics;

  constructor(log: Logger, metrics: CallMetrics) {
    this.#log = log;
    this.#metrics = metrics;
  }

  redirected(call: CallRecord): void {
    this.#log.info(fieldsOf(call), 'call goes to another linked system');
  }

  rang(call: CallRecord): void {
    const seconds = secondsBetween(call.startedAt, call.ringingAt);
    this.#metrics.postDialDelay(call.direction, seconds);
    if (call.answeredAt !== undefined) return;
    this.#log.info({ ...fieldsOf(call), afterSeconds: seconds }, 'call rings');
  }

  answered(call: CallRecord): void {
    const seconds = secondsBetween(call.startedAt, call.answeredAt);
    this.#log.info({ ...fieldsOf(call), afterSeconds: seconds }, 'call answered');
  }

  ended(call: CallRecord): void {
    const { outcome = 'failed', cause, direction, startedAt, ringingAt, answeredAt, endedAt } = call;
    this.#metrics.callEnded(call, outcome);
    const rang = ringingAt ?? answeredAt;
    const rangAfter = rang === undefined ? undefined : secondsBetween(startedAt, rang);
    if (rangAfter !== undefined && ringingAt === undefined) this.#metrics.postDialDelay(direction, rangAfter);
    // One that was refused has its line already.
    if (outcome === 'refused') return;
    const talked = answeredAt === undefined ? undefined : secondsBetween(answeredAt, endedAt);
    this.#log.info(
      { ...fieldsOf(call), outcome, cause, rangAfterSeconds: rangAfter, talkedSeconds: talked },
      'call ended',
    );
  }

  notWritten(callId: string, error: unknown): void {
    this.#log.error({ err: error, callId }, 'call record not written; trying again');
  }
}

function fieldsOf({ callId, direction, interlinkId }: CallRecord): object {
  return { callId, direction, interlink: interlinkId };
}

/** The clock may have been set back meanwhile. */
function secondsBetween(from: number, to: number | undefined): number {
  return Math.max(0, (to ?? from) - from) / 1000;
}
