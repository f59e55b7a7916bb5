import type { ActiveInterlink } from '../domain/interlink.ts';
import { isDialable, type NumberPlan } from '../domain/number-plan.ts';
import type { LookupLimit } from './lookup-limit.ts';
import type { LookupAnswer, LookupQuery } from './peer-lookups.ts';
import type { TicketOffice } from './tickets.ts';

export interface AnswerLookupDeps {
  readonly plan: () => NumberPlan;
  readonly tickets: TicketOffice;
  readonly limit: LookupLimit;
}

/**
 * Answers a peer's lookup: a ticket for a number that is shared now; for all else, whatever the reason, unknown; that
 * the peer has asked too much included.
 */
export function answerLookup(
  deps: AnswerLookupDeps,
  interlink: ActiveInterlink,
  query: LookupQuery,
): LookupAnswer {
  const { number, callId, caller } = query;
  const shared = isDialable(number) && deps.plan().findShared(number) !== undefined;
  const status = shared && deps.limit.allows(interlink) ? 'shared' : 'unknown';
  deps.limit.count(interlink, status);
  if (status === 'unknown') return { status };
  return {
    status,
    ticket: deps.tickets.issue({ interlinkId: interlink.id, number, callId, caller }),
  };
}
