import { isSurelyOver } from '../domain/authorization-key.ts';
import { pairingPatienceMs } from './abandon-pairings.ts';
import type { EndedInterlink, InterlinkStore } from './interlink-store.ts';
import { isPaired } from './peer-transport.ts';
import type { PairedInterlink } from './peer-transport.ts';
import { requestPairing } from './request-pairing.ts';
import type { RequestPairingDeps } from './request-pairing.ts';
import type { StepListener } from './steps.ts';

export interface FindIssuerDeps extends RequestPairingDeps {
  readonly store: Pick<InterlinkStore, 'withdrawnRedemption' | 'completeRedemption' | 'find'>;
  readonly now: () => number;
  readonly onStep: StepListener;
}

export type FoundIssuer =
  | { readonly kind: 'found'; readonly interlink: PairedInterlink }
  /** The issuer has nothing of the redemption, and will not have. */
  | { readonly kind: 'nobody' }
  | { readonly kind: 'failed'; readonly reason: string };

/**
 * Finds out whom to tell that a redemption has ended here before its answer came. The issuer may have accepted it, and
 * its answer may be lost; so message 1 is sent again, which is answered as before, or accepted only now.
 */
export async function findIssuer(
  deps: FindIssuerDeps,
  { interlink: { id }, endedAt }: EndedInterlink,
  signal: AbortSignal,
): Promise<FoundIssuer> {
  const { store, now, onStep } = deps;
  const redemption = await store.withdrawnRedemption(id);
  if (redemption !== undefined) {
    const attempt = await requestPairing(deps, redemption, signal);
    if (attempt.kind === 'answered') {
      onStep('withdrawal-answered');
      const { status, verdict } = attempt;
      if (verdict.kind === 'refused') return { kind: 'nobody' };
      if (verdict.kind === 'untrusted') {
        // An issuer that still has the redemption proves it. That it has not lasts as long as its patience at most.
        const over = status < 500 && now() - endedAt > pairingPatienceMs;
        return over ? { kind: 'nobody' } : { kind: 'failed', reason: `status ${status}` };
      }
      const { peer, secrets } = verdict;
      await store.completeRedemption(id, { peer, secrets, trunkKind: peer.trunk.kind });
      onStep('issuer-found');
    } else if (isSurelyOver(redemption.keyEndsAt, now())) return { kind: 'nobody' };
    else return { kind: 'failed', reason: attempt.reason };
  }
  const ended = await store.find(id);
  return ended !== undefined && isPaired(ended) ? { kind: 'found', interlink: ended } : { kind: 'nobody' };
}
