import { shownCaller, type CallerIdentity } from '../domain/caller.ts';
import type { ActiveInterlink } from '../domain/interlink.ts';
import type { LocalNumber } from '../domain/local-number.ts';
import type { NumberPlan } from '../domain/number-plan.ts';
import type { RefusalReason } from '../domain/refusal.ts';
import type { CallLimit } from './call-limit.ts';
import type { TicketOffice } from './tickets.ts';

export interface TrunkCall {
  /** Whose trunk it came over, by the channel's name; undefined when no live interlink has that trunk. */
  readonly interlink: ActiveInterlink | undefined;
  /** The channel on which it came. */
  readonly channel: string;
  readonly number: string;
  readonly ticket: string;
}

export type Admission =
  | {
      readonly kind: 'admitted';
      readonly callId: string;
      readonly number: LocalNumber;
      /** What the called phone shows. */
      readonly caller: CallerIdentity;
      /** As the peer named the caller, for the record. */
      readonly callerNumber: string | undefined;
    }
  | { readonly kind: 'refused'; readonly why: RefusalReason }
  /** The ticket was good, but the number has become private or has gone since. */
  | { readonly kind: 'unknown'; readonly callId: string };

export interface AdmitCallDeps {
  readonly plan: () => NumberPlan;
  readonly tickets: TicketOffice;
  readonly limit: CallLimit;
  /** What has to be dialed here to reach a number of a peer, see numberToDialBack. */
  readonly dialBack: (interlink: ActiveInterlink, number: string) => string;
}

/** Decides on a call that a peer sends: the ticket is taken in, and interlink and sharing are checked as they are now. */
export function admitCall(deps: AdmitCallDeps, call: TrunkCall): Admission {
  if (call.interlink === undefined) return { kind: 'refused', why: 'trunk-no-interlink' };
  if (!deps.limit.admits(call.interlink.id, call.channel))
    return { kind: 'refused', why: 'trunk-too-many-calls' };
  const ticket = deps.tickets.redeem(call.ticket, { interlinkId: call.interlink.id, number: call.number });
  if (typeof ticket === 'string') return { kind: 'refused', why: `ticket-${ticket}` };
  const number = deps.plan().findShared(call.number);
  if (number === undefined) return { kind: 'unknown', callId: ticket.callId };
  const { caller } = ticket;
  const shown = shownCaller(call.interlink.name, caller);
  return {
    kind: 'admitted',
    callId: ticket.callId,
    number,
    caller: {
      ...shown,
      number: shown.number === undefined ? undefined : deps.dialBack(call.interlink, shown.number),
    },
    callerNumber: caller.number,
  };
}
