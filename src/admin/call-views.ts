import type { Usage, UsageQuery } from '../calls/call-store.ts';
import type { CallRecord } from '../domain/call.ts';
import type { CallView, UsageView } from './call-schema.ts';
import { iso, optional } from './view-helpers.ts';

/** @param nameOf what an interlink is called here, also one that is gone */
export function viewCall(record: CallRecord, nameOf: (interlinkId: string) => string): CallView {
  const { startedAt, ringingAt, answeredAt, endedAt } = record;
  return {
    callId: record.callId,
    direction: record.direction,
    ...optional('interlink', record.interlinkId, nameOf),
    ...optional('interlinkId', record.interlinkId, (id) => id),
    ...optional('caller', record.caller, (caller) => caller),
    dialed: record.dialed,
    startedAt: iso(startedAt),
    ...optional('answeredAt', answeredAt, iso),
    ...optional('endedAt', endedAt, iso),
    ...optional('postDialDelayMs', ringingAt ?? answeredAt, (rang) => rang - startedAt),
    ...optional(
      'durationMs',
      answeredAt === undefined ? undefined : endedAt,
      (end) => end - (answeredAt ?? end),
    ),
    ...optional('cause', record.cause, (value) => value),
    ...optional('outcome', record.outcome, (value) => value),
  };
}

/** @param nameOf what an interlink is called here, also one that is gone */
export function viewUsage(
  usage: Usage,
  by: UsageQuery['by'],
  nameOf: (interlinkId: string) => string,
): UsageView {
  const { start, of, calls, answered, failed, talkedMs } = usage;
  return {
    start: iso(start),
    ...(by === 'interlink' && of !== undefined ? { interlinkId: of, interlink: nameOf(of) } : {}),
    ...(by === 'number' && of !== undefined ? { number: of } : {}),
    calls,
    answered,
    failed,
    talkedMs,
    ...optional('postDialDelayMs', usage.postDialDelayMs, (ms) => ms),
    ...optional('longestPostDialDelayMs', usage.longestPostDialDelayMs, (ms) => ms),
  };
}
