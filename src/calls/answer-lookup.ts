import type { ActiveInterlink } from '../domain/interlink.ts';
import { isDialable, type NumberPlan } from '../domain/number-plan.ts';
import type { LookupAnswer, LookupQuery } from './peer-lookups.ts';
import type { TicketOffice } from './tickets.ts';

export interface AnswerLookupDeps {
  readonly plan: () => NumberPlan;
  readonly tickets: TicketOffice;
}

/** Answers a peer's lookup: a ticket for a number that is shared now; for all else, whatever the reason, unknown. */
export function answerLookup(
  deps: AnswerLookupDeps,
  interlink: ActiveInterlink,
  query: LookupQuery,
): LookupAnswer {
  const { number, callId, caller } = query;
  if (!isDialable(number) || deps.plan().findShared(number) === undefined) return { status: 'unknown' };
  return {
    status: 'shared',
    ticket: deps.tickets.issue({ interlinkId: interlink.id, number, callId, caller }),
  };
}
