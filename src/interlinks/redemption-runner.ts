import { ok } from '../domain/failure.ts';
import type { Failure, Result } from '../domain/failure.ts';
import type { Interlink, Peer } from '../domain/interlink.ts';
import type { Logger } from '../domain/logger.ts';
import { pairingPatienceMs } from './abandon-pairings.ts';
import type { DeletionNotices } from './deletion-notices.ts';
import type { Exclusive } from '../domain/exclusive.ts';
import { mayName } from './host-check.ts';
import type { HostCheck } from './host-check.ts';
import type { InterlinkRegistry } from './interlink-registry.ts';
import type { InterlinkStore, Redemption } from './interlink-store.ts';
import type { LocalSystem } from './local-system.ts';
import * as failures from './pairing-failures.ts';
import { isPaired } from './peer-transport.ts';
import type { PairingTransport } from './peer-transport.ts';
import { requestPairing } from './request-pairing.ts';
import type { RequestPairingDeps } from './request-pairing.ts';
import type { StepListener } from './steps.ts';

const firstDelayMs = 1000;
/** Less than the 30 s within which both sides have the interlink, or neither. */
const maxDelayMs = 20_000;

export interface RedemptionRunnerDeps extends RequestPairingDeps {
  readonly store: Pick<
    InterlinkStore,
    'openRedemptions' | 'completeRedemption' | 'dropRedemption' | 'activate' | 'bury' | 'find'
  >;
  readonly registry: InterlinkRegistry;
  readonly transport: PairingTransport;
  readonly notices: Pick<DeletionNotices, 'tellThoseDue'>;
  readonly system: () => LocalSystem;
  readonly checkHost: HostCheck;
  /** Shared with ConfirmPairing, so that none of the two decides on what the other is changing. */
  readonly exclusive: Exclusive;
  readonly now: () => number;
  readonly logger: Logger;
  readonly onStep: StepListener;
}

/** `again`: whether the issuer has heard is not known; asking again does no harm. */
type Outcome =
  | { readonly kind: 'active'; readonly interlink: Interlink }
  | { readonly kind: 'failed'; readonly failure: Failure }
  | { readonly kind: 'again'; readonly reason: string };

/**
 * The redeemer's side of a pairing, from message 1 to the answer to message 3. Each step is in the database before
 * the next, so that a redemption goes on where a crash left it.
 */
export class RedemptionRunner {
  readonly #deps: RedemptionRunnerDeps;
  readonly #stopping = new AbortController();
  readonly #timers = new Set<NodeJS.Timeout>();
  readonly #running = new Set<Promise<unknown>>();
  /** Ids of the redemptions that are in hand. */
  readonly #taken = new Set<string>();
  #unsubscribe: () => void = () => undefined;

  constructor(deps: RedemptionRunnerDeps) {
    this.#deps = deps;
  }

  /**
   * Makes the first attempt on a redemption that was added to the store, and leaves the next ones to the background.
   * @returns the interlink, `active` or still `pairing`; or the failure, and then the store has forgotten it
   */
  async start(redemption: Redemption): Promise<Result<Interlink>> {
    this.#taken.add(redemption.id);
    try {
      await this.#deps.registry.refresh(redemption.id);
    } catch (error) {
      this.#taken.delete(redemption.id);
      throw error;
    }
    const outcome = await this.#track(this.#firstAttempt(redemption));
    switch (outcome.kind) {
      case 'active':
        return ok(outcome.interlink);
      case 'failed':
        return { ok: false, failure: outcome.failure };
      case 'again': {
        this.#later(redemption, outcome.reason, this.#deps.now() + pairingPatienceMs, firstDelayMs);
        const interlink = this.#deps.registry.find(redemption.id);
        return interlink === undefined ? failures.endedMeanwhile() : ok(interlink);
      }
    }
  }

  /**
   * Goes on with the redemptions that a stop or a crash left open; at the start, once the registry is loaded. Follows
   * the registry from there: what it finds late, because the database was away, is taken up as well.
   */
  async resumeRedemptions(): Promise<void> {
    this.#unsubscribe = this.#deps.registry.subscribe(({ before, after }) => {
      if (after === undefined) this.#taken.delete(before?.id ?? '');
      else if (after.role === 'redeemer' && after.state === 'pairing' && !this.#taken.has(after.id))
        void this.#track(this.#takeUpLate(after.id));
    });
    this.#takeUp(await this.#deps.store.openRedemptions());
  }

  /** Ends the attempts under way; open redemptions stay in the store. */
  async stop(): Promise<void> {
    this.#unsubscribe();
    this.#stopping.abort();
    for (const timer of this.#timers) clearTimeout(timer);
    await Promise.allSettled(this.#running);
  }

  #takeUp(redemptions: readonly Redemption[]): void {
    const giveUpAt = this.#deps.now() + pairingPatienceMs;
    for (const redemption of redemptions) {
      if (this.#taken.has(redemption.id)) continue;
      this.#taken.add(redemption.id);
      void this.#track(this.#continue(redemption, giveUpAt, firstDelayMs));
    }
  }

  async #takeUpLate(id: string): Promise<void> {
    const { store, registry, logger } = this.#deps;
    try {
      const open = await store.openRedemptions();
      this.#takeUp(open.filter((redemption) => redemption.id === id));
    } catch (error) {
      logger.error({ err: error, interlink: id }, 'cannot read a pairing; trying again');
      registry.refreshLater(id);
    }
  }

  #later(redemption: Redemption, reason: string, giveUpAt: number, delay: number): void {
    if (this.#stopping.signal.aborted) return;
    const { logger } = this.#deps;
    logger.info({ interlink: redemption.id, reason, delay }, 'pairing not complete; trying again');
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      const next = Math.min(delay * 2, maxDelayMs);
      void this.#track(this.#continue(redemption, giveUpAt, next));
    }, delay).unref();
    this.#timers.add(timer);
  }

  async #continue(redemption: Redemption, giveUpAt: number, delay: number): Promise<void> {
    const { registry, now, logger } = this.#deps;
    const { id } = redemption;
    try {
      const current = registry.find(id);
      if (current?.state !== 'pairing') return;
      const outcome = await this.#attempt(redemption, current.peer, false);
      if (outcome.kind === 'failed') {
        logger.warn({ interlink: id, code: outcome.failure.code }, outcome.failure.message);
      }
      if (outcome.kind !== 'again') return;
      if (now() < giveUpAt) return this.#later(redemption, outcome.reason, giveUpAt, delay);
      await this.#bury(id);
      logger.warn({ interlink: id, reason: outcome.reason }, failures.gaveUp().failure.message);
    } catch (error) {
      logger.error({ err: error, interlink: id }, 'pairing interrupted');
      this.#later(redemption, 'internal', giveUpAt, delay);
    }
  }

  async #firstAttempt(redemption: Redemption): Promise<Outcome> {
    try {
      return await this.#attempt(redemption, undefined, true);
    } catch (error) {
      this.#deps.logger.error({ err: error, interlink: redemption.id }, 'pairing interrupted');
      return again('internal');
    }
  }

  async #attempt(redemption: Redemption, peer: Peer | undefined, first: boolean): Promise<Outcome> {
    if (peer !== undefined) return await this.#confirm(redemption.id);
    const { id, issuerUrl } = redemption;
    const attempt = await requestPairing(this.#deps, redemption, this.#stopping.signal);
    switch (attempt.kind) {
      case 'unsent':
        // Only a first attempt that was never sent leaves no doubt that the issuer has heard nothing.
        if (!first) return again(attempt.reason);
        return await this.#drop(id, failures.cannotReach(issuerUrl, attempt.reason).failure);
      case 'unanswered':
        return again(attempt.reason);
      case 'answered': {
        this.#deps.onStep('request-answered');
        const { status, verdict } = attempt;
        if (verdict.kind === 'accepted') return await this.#complete(redemption, verdict);
        if (verdict.kind === 'refused')
          return await this.#drop(id, failures.refusedByIssuer(verdict.refusal).failure);
        return await this.#distrust(redemption, status, first);
      }
    }
  }

  async #complete(
    redemption: Redemption,
    answer: Omit<Parameters<InterlinkStore['completeRedemption']>[1], 'trunkKind'>,
  ): Promise<Outcome> {
    const { store, registry, system, checkHost, onStep } = this.#deps;
    const { id } = redemption;
    const { kind: trunkKind, host } = answer.peer.trunk;
    const accepted = { ...answer, trunkKind };
    if (![...system().trunk.kinds, redemption.trunkKind].includes(trunkKind))
      return await this.#decline(id, accepted, failures.trunkUnsupported().failure);
    if (!(await mayName(checkHost, [host])))
      return await this.#decline(id, accepted, failures.peerAddressRefused(host).failure);
    const completed = await store.completeRedemption(id, accepted);
    if (completed === 'gone') {
      this.#deps.notices.tellThoseDue();
      return failed(failures.endedMeanwhile().failure);
    }
    if (completed !== 'completed') {
      if (await this.#makesWay(completed.id, id)) return await this.#complete(redemption, answer);
      return await this.#decline(id, accepted, failures.alreadyLinked(completed.name).failure);
    }
    onStep('answer-stored');
    await registry.refresh(id);
    return await this.#confirm(id);
  }

  /**
   * Two admins who enter each other's key at once make two interlinks of the same systems. The one with the smaller id
   * stays, on either side: the other one is ended by its issuer here, and declined by its redeemer.
   * @returns whether the other one has ended
   */
  async #makesWay(other: string, id: string): Promise<boolean> {
    const { store, registry, exclusive, now, logger } = this.#deps;
    if (other < id) return false;
    return await exclusive.run(other, async () => {
      const interlink = await store.find(other);
      if (interlink?.role !== 'issuer' || interlink.state !== 'pairing') return false;
      await store.bury(other, now(), { tellPeer: false });
      await registry.refresh(other);
      logger.info({ interlink: other, stays: id }, 'pairing ended: both admins entered a key at once');
      return true;
    });
  }

  /** The issuer has accepted, but this side cannot: the issuer is told, or it would wait for the confirmation. */
  async #decline(
    id: string,
    answer: Parameters<InterlinkStore['completeRedemption']>[1],
    failure: Failure,
  ): Promise<Outcome> {
    const { store, registry, notices, now } = this.#deps;
    await store.bury(id, now(), { tellPeer: true });
    await store.completeRedemption(id, answer);
    await registry.refresh(id);
    notices.tellThoseDue();
    return failed(failure);
  }

  async #confirm(id: string): Promise<Outcome> {
    const { store, registry, transport, now, logger, onStep } = this.#deps;
    const interlink = registry.find(id);
    if (interlink === undefined || !isPaired(interlink)) return failed(failures.endedMeanwhile().failure);
    const outcome = await transport.confirmPairing(interlink, this.#stopping.signal);
    switch (outcome.kind) {
      case 'unanswered':
        return again(outcome.reason);
      case 'gone':
        await store.bury(id, now(), { tellPeer: false });
        await registry.refresh(id);
        return failed(failures.gaveUp().failure);
      case 'confirmed': {
        onStep('confirmation-answered');
        if (await store.activate(id, now())) logger.info({ interlink: id }, 'interlink active');
        onStep('redeemer-activated');
        const active = await registry.refresh(id);
        return active === undefined
          ? failed(failures.endedMeanwhile().failure)
          : { kind: 'active', interlink: active };
      }
    }
  }

  /** An answer without proof. A server in trouble is asked again; anything else is not the system that was meant. */
  async #distrust({ id, issuerUrl }: Redemption, status: number, first: boolean): Promise<Outcome> {
    if (status >= 500) return again(`status ${status}`);
    const { failure } = status === 403 ? failures.keyRefused(issuerUrl) : failures.untrusted(issuerUrl);
    if (first) return await this.#drop(id, failure);
    // An earlier request may have been accepted: whoever the issuer is has to be told.
    await this.#bury(id);
    return failed(failure);
  }

  async #bury(id: string): Promise<void> {
    const { store, registry, now } = this.#deps;
    await store.bury(id, now(), { tellPeer: true });
    await registry.refresh(id);
  }

  async #drop(id: string, failure: Failure): Promise<Outcome> {
    await this.#deps.store.dropRedemption(id);
    await this.#deps.registry.refresh(id);
    return failed(failure);
  }

  async #track<T>(work: Promise<T>): Promise<T> {
    this.#running.add(work);
    try {
      return await work;
    } finally {
      this.#running.delete(work);
    }
  }
}

function again(reason: string): Outcome {
  return { kind: 'again', reason };
}

function failed(failure: Failure): Outcome {
  return { kind: 'failed', failure };
}
