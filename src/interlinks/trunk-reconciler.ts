import { trunkName } from '../domain/interlink.ts';
import type { Interlink, TrunkKind } from '../domain/interlink.ts';
import type { Logger } from '../domain/logger.ts';
import { Exclusive } from './exclusive.ts';
import type { InterlinkRegistry } from './interlink-registry.ts';
import type { InterlinkStore } from './interlink-store.ts';
import type { TrunkCalls, TrunkProvisioner } from './trunk-provisioner.ts';

const retryAfterMs = 5000;
const maxFailures = 3;
const ownName = /^il-/;

export interface TrunkReconcilerDeps {
  readonly registry: InterlinkRegistry;
  readonly store: Pick<InterlinkStore, 'secrets' | 'unfinishedEnds' | 'markCleanedUp'>;
  /** A kind that is not configured has none. */
  readonly provisioners: Readonly<Partial<Record<TrunkKind, TrunkProvisioner>>>;
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
  readonly #exclusive = new Exclusive();
  /** Ids whose trunk could not be brought up to date. */
  readonly #behind = new Set<string>();
  /** Calls that were hung up, by the id of the ended interlink. */
  readonly #hungUp = new Map<string, number>();
  /** Whether Asterisk may have trunks that should not be. */
  #strangers = false;
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

  /** Puts the trunk of an interlink again. Never rejects; what failed is tried again. */
  async putAgain(id: string): Promise<void> {
    await this.#bringUpToDate([id]);
  }

  /** Waits for the first attempt at clearing away after an interlink that the registry has just let go of. */
  async cleanUp(id: string): Promise<CleanUp> {
    if (!this.#hungUp.has(id)) await this.#bringUpToDate([id]);
    const calls = this.#hungUp.get(id);
    return calls === undefined ? { kind: 'pending' } : { kind: 'done', calls };
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
    for (const kind of ['pjsip', 'iax2'] as const) {
      const provisioner = provisioners[kind];
      for (const name of (await provisioner?.list()) ?? []) {
        const rightKind = registry.findByTrunk(name)?.peer?.trunk.kind;
        if (ownName.test(name) && rightKind !== kind) await provisioner?.remove(name);
      }
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
      const due = [...this.#behind];
      let failures = 0;
      for (const id of due) {
        // While Asterisk is away each attempt may take a time-out: a few tell enough.
        if (failures === maxFailures) break;
        this.#behind.delete(id);
        try {
          await this.#sync(id);
        } catch (error) {
          failures += 1;
          this.#behind.add(id);
          this.#deps.logger.warn({ err: error, interlink: id }, 'trunk not up to date; trying again');
        }
      }
    });
    this.#scheduleRetry();
  }

  async #sync(id: string): Promise<void> {
    const { registry, store, provisioners, calls } = this.#deps;
    const name = trunkName(id);
    const peer = registry.find(id)?.peer;
    if (peer === undefined) {
      // In this order: without the trunk there are no new calls.
      for (const provisioner of Object.values(provisioners)) await provisioner.remove(name);
      this.#hungUp.set(id, (this.#hungUp.get(id) ?? 0) + (await calls.hangUp(name)));
      await store.markCleanedUp(id);
    } else {
      const secrets = await store.secrets(id);
      if (secrets !== undefined)
        await provisioners[peer.trunk.kind]?.put({ name, address: peer.trunk, secrets });
    }
  }

  async #alone(work: () => Promise<void>): Promise<void> {
    await this.#exclusive.run('trunks', async () => {
      if (!this.#stopped) await work();
    });
  }

  #scheduleRetry(): void {
    clearTimeout(this.#retry);
    if (this.#stopped || (this.#behind.size === 0 && !this.#strangers)) return;
    const retry = async () => (this.#strangers ? await this.reconcile() : await this.#bringUpToDate([]));
    this.#retry = setTimeout(() => void retry(), retryAfterMs).unref();
  }
}

function trunkOf(interlink: Interlink | undefined): string | undefined {
  return interlink?.peer === undefined ? undefined : JSON.stringify(interlink.peer.trunk);
}
