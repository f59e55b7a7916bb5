import type { CallerIdentity } from '../domain/caller.ts';
import { Deadline } from '../domain/deadline.ts';
import type { PossibleOwner } from '../domain/directory.ts';
import type { ActiveInterlink } from '../domain/interlink.ts';
import type { LocalNumber } from '../domain/local-number.ts';
import type { Limiter } from '../domain/limiter.ts';
import { isDialable, type NumberPlan } from '../domain/number-plan.ts';
import { findPrefixed, type PrefixedNumber } from '../domain/prefix.ts';
import type { LookupAnswer, LookupQuery, PeerLookups } from './peer-lookups.ts';

/** One deadline for all peers that are asked about one call; below the 2 s after which the dial plan gives up. */
const lookupDeadlineMs = 1500;

/** Once a peer has said yes, so long the others have who may have the number too. */
const graceMs = 200;

/** So many of those that list a number are asked at the same time. */
const askedAtOnce = 4;

/** Port: who may have a number, without I/O, in the order in which they are to be asked. */
export interface Directories {
  /** Those that list it, then those whose directory may be out of date; see PeerDirectories. */
  whoMayHave(number: string): readonly PossibleOwner[];
}

export interface DialedCall {
  readonly callId: string;
  /** As dialed, unchecked. */
  readonly dialed: string;
  readonly caller: CallerIdentity;
  /** Came over a trunk, or was transferred by somebody who did: such a call gets this system's own numbers only. */
  readonly fromTrunk: boolean;
}

/** What one peer said that may have the number. `away`: known not to answer, so not asked. */
export interface AskedPeer {
  readonly interlink: ActiveInterlink;
  /** Whether its last known directory has the number. */
  readonly listed: boolean;
  readonly answer: LookupAnswer['status'] | 'no-answer' | 'away';
}

/** A peer that takes the call. */
export interface TrunkCandidate {
  readonly interlink: ActiveInterlink;
  /** As the peer has it. */
  readonly number: string;
  readonly ticket: string;
}

/** What came of asking peers. */
export interface Asked {
  readonly asked: readonly AskedPeer[];
  /** Set when the number was dialed with the prefix of an interlink, whose peer alone was asked. */
  readonly prefixed?: PrefixedNumber | undefined;
}

/** Where a call goes. */
export type Route =
  | { readonly kind: 'local'; readonly number: LocalNumber }
  /** At least one candidate, in the order in which they are tried. */
  | (Asked & { readonly kind: 'trunk'; readonly candidates: readonly TrunkCandidate[] })
  /** Nobody has it. */
  | (Asked & { readonly kind: 'unknown' })
  /** Nobody who answered has it, and somebody who might have it did not answer. */
  | (Asked & { readonly kind: 'away' })
  /** No business of linked systems: an emergency number, not of an internal number's form, or with the own prefix. */
  | { readonly kind: 'foreign'; readonly why: 'emergency' | 'form' | 'own-prefix' };

/** Port: the interlinks as they are at this moment. */
export interface LiveInterlinks {
  /** Oldest first. */
  active(): readonly ActiveInterlink[];
  /** Whether the peer is known not to answer. */
  isAway(interlinkId: string): boolean;
}

export interface RouteCallDeps {
  readonly plan: () => NumberPlan;
  readonly interlinks: Pick<LiveInterlinks, 'active'>;
  readonly directories: Directories;
  readonly lookups: PeerLookups;
  /**
   * For all calls together, the turns in which several are asked that do not list the number: after a start they can be
   * hundreds for each call, and connections to all of them at once would be the end of heartbeats and other calls.
   */
  readonly unlistedTurns: Limiter;
}

/**
 * Chooses where a dialed number goes: a local number always wins, else peers are asked: those whose directory has it,
 * and if none of them says yes, those whose directory may be out of date; behind the prefix of an interlink, its peer
 * alone. Used by calls and by the dry run alike.
 *
 * @param signal ends the asking early, when the caller has hung up
 */
export async function routeCall(deps: RouteCallDeps, call: DialedCall, signal?: AbortSignal): Promise<Route> {
  const plan = deps.plan();
  const local = isDialable(call.dialed) ? plan.findDialed(call.dialed) : undefined;
  if (local !== undefined) return { kind: 'local', number: local };
  if (plan.isEmergency(call.dialed)) return { kind: 'foreign', why: 'emergency' };
  if (call.fromTrunk) return { kind: 'unknown', asked: [] };
  if (!plan.isPlausibleElsewhere(call.dialed)) return { kind: 'foreign', why: 'form' };
  if (plan.hasOwnPrefix(call.dialed)) return { kind: 'foreign', why: 'own-prefix' };
  const prefixed = findPrefixed(deps.interlinks.active(), call.dialed);
  if (prefixed !== undefined && plan.isEmergency(prefixed.number))
    return { kind: 'foreign', why: 'emergency' };
  return askPeers(deps, call, prefixed, signal);
}

async function askPeers(
  deps: RouteCallDeps,
  call: DialedCall,
  prefixed: PrefixedNumber | undefined,
  signal: AbortSignal | undefined,
): Promise<Route> {
  const { callId, caller } = call;
  const number = prefixed?.number ?? call.dialed;
  const whoMayHave = (): readonly PossibleOwner[] =>
    deps.directories
      .whoMayHave(number)
      .filter(({ interlink }) => prefixed === undefined || interlink.id === prefixed.interlink.id);
  const owners = whoMayHave();
  const asked: AskedPeer[] = owners
    .filter(({ away }) => away)
    .map(({ interlink, listed }) => ({ interlink, listed, answer: 'away' }));
  using deadline = new Deadline(lookupDeadlineMs, signal);
  for (const group of inGroups(owners.filter(({ away }) => !away))) {
    const answers = await askGroup(deps, { number, callId, caller }, group, deadline.signal);
    asked.push(...answers.map(({ interlink, listed, answer }) => ({ interlink, listed, answer })));
    const candidates = answers.flatMap(({ interlink, ticket }) =>
      ticket === undefined ? [] : [{ interlink, number, ticket }],
    );
    if (candidates.length > 0) return { kind: 'trunk', candidates, asked, prefixed };
  }
  // One that was deleted while it was asked counts as one that never was.
  const owning = new Set(whoMayHave().map(({ interlink }) => interlink.id));
  const silent = asked.some(
    ({ interlink, answer }) => owning.has(interlink.id) && (answer === 'away' || answer === 'no-answer'),
  );
  return { kind: silent ? 'away' : 'unknown', asked, prefixed };
}

/** Asks all at once. One that is silent does not hold up a call that another one takes. */
async function askGroup(
  deps: RouteCallDeps,
  query: LookupQuery,
  group: readonly PossibleOwner[],
  until: AbortSignal,
): Promise<readonly PeerAnswer[]> {
  const enough = new AbortController();
  let grace: NodeJS.Timeout | undefined;
  const signal = AbortSignal.any([until, enough.signal]);
  const asked = group.map(async (owner) => {
    const inTurn = !owner.listed && group.length > 1;
    const answer = await askPeer(deps, query, owner, inTurn, signal);
    if (answer.ticket !== undefined) grace ??= setTimeout(() => enough.abort(), graceMs);
    return answer;
  });
  try {
    return await Promise.all(asked);
  } finally {
    clearTimeout(grace);
  }
}

type PeerAnswer = AskedPeer & { readonly ticket: string | undefined };

async function askPeer(
  { lookups, unlistedTurns }: RouteCallDeps,
  query: LookupQuery,
  { interlink, listed }: PossibleOwner,
  inTurn: boolean,
  until: AbortSignal,
): Promise<PeerAnswer> {
  const ask = async (): Promise<LookupAnswer | undefined> =>
    await unlessAborted(until, () => lookups.ask(interlink, query, until));
  const said = await (inTurn ? unlistedTurns.runUnless(until, ask) : ask());
  const ticket = said?.status === 'shared' ? said.ticket : undefined;
  return { interlink, listed, answer: said?.status ?? 'no-answer', ticket };
}

/** Keeps the deadline also where the work itself is slow to notice it, as in the opening of a connection. */
async function unlessAborted<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T | undefined> {
  if (signal.aborted) return undefined;
  const { promise: aborted, resolve } = Promise.withResolvers<undefined>();
  const onAbort = (): void => resolve(undefined);
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([work(), aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

/** Who lists the number comes first, a few at a time; the others follow, as many at a time as there are turns. */
function inGroups(owners: readonly PossibleOwner[]): readonly (readonly PossibleOwner[])[] {
  const listed = owners.filter((owner) => owner.listed);
  const groups: PossibleOwner[][] = [];
  for (let from = 0; from < listed.length; from += askedAtOnce) {
    groups.push(listed.slice(from, from + askedAtOnce));
  }
  return [...groups, owners.filter((owner) => !owner.listed)];
}
