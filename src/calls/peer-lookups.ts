import type { CallerIdentity } from '../domain/caller.ts';
import type { ActiveInterlink } from '../domain/interlink.ts';

/** What a system asks a peer: may this caller have this number, now? */
export interface LookupQuery {
  readonly number: string;
  /** UUID; the call's id on both systems. */
  readonly callId: string;
  readonly caller: CallerIdentity;
}

/** `shared` carries the ticket that lets this one call in. */
export type LookupAnswer =
  { readonly status: 'shared'; readonly ticket: string } | { readonly status: 'unknown' };

/** Port: asks one peer. */
export interface PeerLookups {
  /** @returns undefined when no valid answer came before the signal aborted, whatever the reason */
  ask(interlink: ActiveInterlink, query: LookupQuery, signal: AbortSignal): Promise<LookupAnswer | undefined>;
}
