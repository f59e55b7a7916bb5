import type { CallerIdentity } from '../domain/caller.ts';
import type { PossibleOwner } from '../domain/directory.ts';
import type { ActiveInterlink } from '../domain/interlink.ts';
import type { LocalNumber } from '../domain/local-number.ts';
import { isDialable, type NumberPlan } from '../domain/number-plan.ts';
import type { LookupAnswer, PeerLookups } from './peer-lookups.ts';

/** One deadline for all peers that are asked about one call; below the 2 s after which the dial plan gives up. */
const lookupDeadlineMs = 1500;

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
  readonly directories: Directories;
  readonly lookups: PeerLookups;
}

/**
 * Chooses where a dialed number goes: a local number always wins, else peers are asked: those whose directory has it,
 * and if none of them says yes, those whose directory may be out of date. Used by calls and by the dry run alike.
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
  const owners = deps.directories.whoMayHave(call.dialed);
  const asked: AskedPeer[] = owners
    .filter(({ away }) => away)
    .map(({ interlink, listed }) => ({ interlink, listed, answer: 'away' }));
  const deadline = AbortSignal.timeout(lookupDeadlineMs);
  const until = signal === undefined ? deadline : AbortSignal.any([deadline, signal]);
  for (const group of inGroups(owners.filter(({ away }) => !away))) {
    const answers = await Promise.all(group.map((owner) => askPeer(deps, call, owner, until)));
    asked.push(...answers.map(({ interlink, listed, answer }) => ({ interlink, listed, answer })));
    const candidates = answers.flatMap(({ interlink, ticket }) =>
      ticket === undefined ? [] : [{ interlink, ticket }],
    );
    if (candidates.length > 0) return { kind: 'trunk', candidates, asked };
  }
  // One that was deleted while it was asked counts as one that never was.
  const owning = new Set(deps.directories.whoMayHave(call.dialed).map(({ interlink }) => interlink.id));
  const silent = asked.some(
    ({ interlink, answer }) => owning.has(interlink.id) && (answer === 'away' || answer === 'no-answer'),
  );
  return { kind: silent ? 'away' : 'unknown', asked };
}

async function askPeer(
  { lookups }: RouteCallDeps,
  { dialed, callId, caller }: DialedCall,
  { interlink, listed }: PossibleOwner,
  until: AbortSignal,
): Promise<AskedPeer & { readonly ticket: string | undefined }> {
  const said = await unlessAborted(until, () =>
    lookups.ask(interlink, { number: dialed, callId, caller }, until),
  );
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

/** Who lists the number comes first, a few at a time; the others follow all at once. */
function inGroups(owners: readonly PossibleOwner[]): readonly (readonly PossibleOwner[])[] {
  const listed = owners.filter((owner) => owner.listed);
  const groups: PossibleOwner[][] = [];
  for (let from = 0; from < listed.length; from += askedAtOnce) {
    groups.push(listed.slice(from, from + askedAtOnce));
  }
  return [...groups, owners.filter((owner) => !owner.listed)];
}
