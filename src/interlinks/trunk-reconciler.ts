import { technologyOf, trunkName } from '../domain/interlink.ts';
import type { Interlink, TrunkTechnology } from '../domain/interlink.ts';
import { Limiter } from '../domain/limiter.ts';
import type { Logger } from '../domain/logger.ts';
import type { InterlinkRegistry } from './interlink-registry.ts';
import type { InterlinkStore } from './interlink-store.ts';
import type { TrunkCalls, TrunkProvisioner } from './trunk-provisioner.ts';

const retryAfterMs = 5000;
const maxFailures = 3;
const ownName = /^il-/;

export interface TrunkReconcilerDeps {
  readonly registry: InterlinkRegistry;
  readonly store: Pick<InterlinkStore, 'secrets' | 'unfinishedEnds' | 'markCleanedUp'>;
  /** A technology that is not configured has none. */
  readonly provisioners: Readonly<Partial<Record<TrunkTechnology, TrunkProvisioner>>>;
  readonly calls: TrunkCalls;
  readonly logger: Logger;
}

/** What came of clearing away the trunk and the calls of an ended interlink. `pending`: it is tried until it succeeds. */
export type CleanUp = { readonly kind: 'done'; readonly calls: number } | { readonly kind: 'pending' };

/**
 * Keeps the trunks in Asterisk as the interlinks are: a trunk for each interlink whose peer is known, from the
 * pairing on, so that it answers by the time the interlink is active; of one that has ended neither trunk nor call.
 * Follows the registry; what fails while Asterisk is away is done again until it succeeds.
 */
export class TrunkReconciler {
  readonly #deps: TrunkReconcilerDeps;
  readonly #unsubscribe: () => void;
  /** One change at a time, so that a removal never overtakes the put that it follows. */
  readonly #changes = new Limiter(1);
  /** Ids whose trunk could not be brought up to date. */
  readonly #behind = new Set<string>();
  /** Calls that were hung up, by the id of the ended interlink. */
  readonly #hungUp = new Map<string, number>();
  /** Ids of the ended interlinks of which Asterisk has nothing any more. */
  readonly #cleanedUp = new Set<string>();
  /** Whether Asterisk may have trunks that should not be. */
  #strangers = false;
  /** Whether there are changes that are not in force. */
  #unapplied = false;
  #retry: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(deps: TrunkReconcilerDeps) {
    this.#deps = deps;
    this.#unsubscribe = deps.registry.subscribe(({ before, after }) => {
      const id = (after ?? before)?.id;
      if (id !== undefined && trunkOf(before) !== trunkOf(after)) void this.#bringUpToDate([id]);
    });
  }

  /**
   * Removes the `il-` trunks that should not be and puts all that should. To be called at each connect to Asterisk,
   * which may have lost them. Never rejects; what failed is tried again.
   */
  async reconcile(): Promise<void> {
    const due = this.#deps.registry.all().flatMap(({ id, peer }) => (peer === undefined ? [] : [id]));
    await this.#alone(async () => {
      this.#strangers = true;
      try {
        due.push(...(await this.#cleanUpsDue()));
        await this.#removeStrangers();
        this.#strangers = false;
      } catch (error) {
        this.#deps.logger.warn({ err: error }, 'cannot clear away old trunks; trying again');
      }
    });
    await this.#bringUpToDate(due);
  }

  /**
   * Puts the trunks of these interlinks again, and puts in force what a provisioner has changed by itself. Never
   * rejects; what failed is tried again.
   */
  async refresh(ids: readonly string[] = []): Promise<void> {
    await this.#bringUpToDate(ids);
  }

  /** Waits for the first attempt at clearing away after an interlink that the registry has just let go of. */
  async cleanUp(id: string): Promise<CleanUp> {
    if (!this.#cleanedUp.has(id)) await this.#bringUpToDate([id]);
    return this.#cleanedUp.has(id) ? { kind: 'done', calls: this.#hungUp.get(id) ?? 0 } : { kind: 'pending' };
  }

  /** Resolves when nothing is under way any more. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#unsubscribe();
    clearTimeout(this.#retry);
    await this.#alone(async () => undefined);
  }

  async #removeStrangers(): Promise<void> {
    const { registry, provisioners, calls } = this.#deps;
    for (const technology of ['pjsip', 'iax2'] as const) {
      const provisioner = provisioners[technology];
      for (const name of (await provisioner?.list()) ?? []) {
        const peer = registry.findByTrunk(name)?.peer;
        const isRight = peer !== undefined && technologyOf(peer.trunk.kind) === technology;
        if (ownName.test(name) && !isRight) await provisioner?.remove(name);
      }
      await provisioner?.apply();
    }
    for (const name of await calls.list()) {
      if (registry.findByTrunk(name) === undefined) await calls.hangUp(name);
    }
  }

  /** Ids of the tombstones whose trunk Asterisk may still have, from before a restart of this service for example. */
  async #cleanUpsDue(): Promise<readonly string[]> {
    const ends = await this.#deps.store.unfinishedEnds();
    return ends.filter(({ cleanUpDue }) => cleanUpDue).map(({ interlink }) => interlink.id);
  }

  async #bringUpToDate(ids: readonly string[]): Promise<void> {
    for (const id of ids) this.#behind.add(id);
    await this.#alone(async () => {
      const changed = await this.#each([...this.#behind], async (id) => await this.#change(id));
      const { registry, provisioners, logger } = this.#deps;
      try {
        for (const provisioner of Object.values(provisioners)) await provisioner.apply();
      } catch (error) {
        for (const id of changed) this.#behind.add(id);
        this.#unapplied = true;
        logger.warn({ err: error }, 'changed trunks not in force; trying again');
        return;
      }
      this.#unapplied = false;
      // One that ended while its trunk was being put is behind again.
      const ended = changed.filter((id) => registry.find(id)?.peer === undefined && !this.#behind.has(id));
      await this.#each(ended, async (id) => await this.#finish(id));
    });
    this.#scheduleRetry();
  }

  /** @returns the ids for which it worked; the others are tried again */
  async #each(ids: readonly string[], work: (id: string) => Promise<void>): Promise<readonly string[]> {
    const done: string[] = [];
    let failures = 0;
    for (const [index, id] of ids.entries()) {
      // While Asterisk is away each attempt may take a time-out: a few tell enough.
      if (failures === maxFailures) {
        for (const left of ids.slice(index)) this.#behind.add(left);
        break;
      }
      this.#behind.delete(id);
      try {
        await work(id);
        done.push(id);
      } catch (error) {
        failures += 1;
        this.#behind.add(id);
        this.#deps.logger.warn({ err: error, interlink: id }, 'trunk not up to date; trying again');
      }
    }
    return done;
  }

  async #change(id: string): Promise<void> {
    const { registry, store, provisioners } = this.#deps;
    const name = trunkName(id);
    const peer = registry.find(id)?.peer;
    if (peer === undefined) {
      // Calls first: over TLS, Asterisk may need the peer's certificate to tell it of their end.
      await this.#hangUp(id);
      for (const provisioner of Object.values(provisioners)) await provisioner.remove(name);
    } else {
      const secrets = await store.secrets(id);
      if (secrets !== undefined)
        await provisioners[technologyOf(peer.trunk.kind)]?.put({ name, address: peer.trunk, secrets });
    }
  }

  /** Nothing can begin any more; what began while the trunk was being removed ends now. */
  async #finish(id: string): Promise<void> {
    await this.#hangUp(id);
    await this.#deps.store.markCleanedUp(id);
    this.#cleanedUp.add(id);
  }

  async #hangUp(id: string): Promise<void> {
    this.#hungUp.set(id, (this.#hungUp.get(id) ?? 0) + (await this.#deps.calls.hangUp(trunkName(id))));
  }

  async #alone(work: () => Promise<void>): Promise<void> {
    await this.#changes.run(async () => {
      // With what is asked for in the same turn.
      await Promise.resolve();
      if (!this.#stopped) await work();
    });
  }

  #scheduleRetry(): void {
    clearTimeout(this.#retry);
    if (this.#stopped || (this.#behind.size === 0 && !this.#strangers && !this.#unapplied)) return;
    const retry = async () => (this.#strangers ? await this.reconcile() : await this.#bringUpToDate([]));
    this.#retry = setTimeout(() => void retry(), retryAfterMs).unref();
  }
}

function trunkOf(interlink: Interlink | undefined): string | undefined {
  return interlink?.peer === undefined ? undefined : JSON.stringify(interlink.peer.trunk);
}
