import type { CallerIdentity } from '../domain/caller.ts';
import type { ActiveInterlink } from '../domain/interlink.ts';
import type { LocalNumber } from '../domain/local-number.ts';
import { isDialable, type NumberPlan } from '../domain/number-plan.ts';
import type { LookupAnswer, PeerLookups } from './peer-lookups.ts';

/** One deadline for all peers that are asked about one call; below the 2 s after which the dial plan gives up. */
export const LOOKUP_DEADLINE_MS = 1500;

/** Port: the interlinks as they are at this moment, without I/O. */
export interface LiveInterlinks {
  /** Active ones, oldest first; that is the order in which a number that several peers have is tried. */
  active(): readonly ActiveInterlink[];
  /** Whether the peer is known not to answer. */
  isAway(interlinkId: string): boolean;
}

export interface DialedCall {
  readonly callId: string;
  /** As dialed, unchecked. */
  readonly dialed: string;
  readonly caller: CallerIdentity;
  /** Came over a trunk, or was transferred by somebody who did: such a call gets this system's own numbers only. */
  readonly fromTrunk: boolean;
}

/** What one peer said. `away`: known not to answer, so not asked. */
export interface AskedPeer {
  readonly interlink: ActiveInterlink;
  readonly answer: LookupAnswer['status'] | 'no-answer' | 'away';
}

/** A peer that takes the call. */
export interface TrunkCandidate {
  readonly interlink: ActiveInterlink;
  readonly ticket: string;
}

/** Where a call goes. */
export type Route =
  | { readonly kind: 'local'; readonly number: LocalNumber }
  /** At least one candidate, in the order in which they are tried. */
  | {
      readonly kind: 'trunk';
      readonly candidates: readonly TrunkCandidate[];
      readonly asked: readonly AskedPeer[];
    }
  /** Nobody has it. */
  | { readonly kind: 'unknown'; readonly asked: readonly AskedPeer[] }
  /** Nobody who answered has it, and somebody who might have it did not answer. */
  | { readonly kind: 'away'; readonly asked: readonly AskedPeer[] }
  /** No business of Interlinks: an emergency number, or not of an internal number's form or length. */
  | { readonly kind: 'foreign'; readonly why: 'emergency' | 'form' };

export interface RouteCallDeps {
  readonly plan: () => NumberPlan;
  readonly interlinks: LiveInterlinks;
  readonly lookups: PeerLookups;
}

/**
 * Chooses where a dialed number goes: a local number always wins, else the peers are asked, all at once. Used by
 * calls and by the dry run alike.
 *
 * @param signal ends the asking early, when the caller has hung up
 */
export async function routeCall(deps: RouteCallDeps, call: DialedCall, signal?: AbortSignal): Promise<Route> {
  const plan = deps.plan();
  const local = isDialable(call.dialed) ? plan.find(call.dialed) : undefined;
  if (local !== undefined) return { kind: 'local', number: local };
  if (plan.isEmergency(call.dialed)) return { kind: 'foreign', why: 'emergency' };
  if (call.fromTrunk) return { kind: 'unknown', asked: [] };
  if (!plan.isPlausibleElsewhere(call.dialed)) return { kind: 'foreign', why: 'form' };
  return askPeers(deps, call, signal);
}

async function askPeers(
  deps: RouteCallDeps,
  call: DialedCall,
  signal: AbortSignal | undefined,
): Promise<Route> {
  const query = { number: call.dialed, callId: call.callId, caller: call.caller };
  const deadline = AbortSignal.timeout(LOOKUP_DEADLINE_MS);
  const until = signal === undefined ? deadline : AbortSignal.any([deadline, signal]);
  const answers = await Promise.all(
    deps.interlinks.active().map(async (interlink) => {
      if (deps.interlinks.isAway(interlink.id)) return { interlink, answer: 'away' as const };
      const answer = await deps.lookups.ask(interlink, query, until);
      if (answer === undefined) return { interlink, answer: 'no-answer' as const };
      return {
        interlink,
        answer: answer.status,
        ticket: answer.status === 'shared' ? answer.ticket : undefined,
      };
    }),
  );
  const asked: AskedPeer[] = answers.map(({ interlink, answer }) => ({ interlink, answer }));
  const candidates = answers.flatMap(({ interlink, ticket }) =>
    ticket === undefined ? [] : [{ interlink, ticket }],
  );
  if (candidates.length > 0) return { kind: 'trunk', candidates, asked };
  const silent = asked.some(({ answer }) => answer === 'away' || answer === 'no-answer');
  return { kind: silent ? 'away' : 'unknown', asked };
}
