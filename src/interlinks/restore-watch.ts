import { isNewerMark, openMark, sealMark } from '../domain/change-mark.ts';
import type { Identity } from '../domain/identity.ts';
import type { Logger } from '../domain/logger.ts';
import type { HistoryExchange } from './health-monitor.ts';
import type { HistoryStore } from './history-store.ts';
import type { InterlinkRegistry } from './interlink-registry.ts';
import type { ToldHistory } from './peer-transport.ts';

export interface RestoreWatchDeps {
  readonly store: HistoryStore;
  readonly registry: InterlinkRegistry;
  readonly identity: Pick<Identity, 'privateKey'>;
  readonly logger: Logger;
}

/**
 * Notices that the database was restored from an older backup. The mark of the latest change is noted in a file and
 * told to the peers, which tell it back; whoever is told a mark of its own that its database does not have, has an
 * older one. The keys in it may have been used or revoked since, and are not redeemed any more.
 */
export class RestoreWatch implements HistoryExchange {
  readonly #deps: RestoreWatchDeps;
  /** By interlink: the sealed mark that its peer told last; on disk. */
  #peerMarks = new Map<string, string>();
  /** By interlink: what the peer told back last, and what was found about it. Only then is it told a newer one. */
  readonly #toldBack = new Map<string, string | undefined>();
  /** By interlink: what its peer told and nobody has looked at yet. */
  readonly #told = new Map<string, ToldHistory>();
  #latest: string | undefined;
  /** One at a time: what is read later is the newer. */
  #work: Promise<unknown> = Promise.resolve();

  constructor(deps: RestoreWatchDeps) {
    this.#deps = deps;
  }

  /** Compares the database with what was noted outside it, and follows its changes from there. */
  async start(): Promise<void> {
    const { store, registry } = this.#deps;
    this.#peerMarks = new Map(await store.peerMarks());
    const noted = await store.notedMark();
    if (noted !== undefined) await this.#compare(noted);
    await this.#note();
    registry.subscribe(({ before, after }) => {
      if (before !== undefined && after === undefined) {
        this.#peerMarks.delete(before.id);
        this.#toldBack.delete(before.id);
      }
      this.#enqueue(async () => await this.#note());
    });
  }

  /** Resolves when nothing is being written any more. */
  async stop(): Promise<void> {
    await this.#work;
  }

  historyFor(id: string): ToldHistory {
    // Whoever has not told back yet could have a mark that is lost here, and would forget it for a newer one.
    return { own: this.#toldBack.has(id) ? this.#latest : undefined, yours: this.#peerMarks.get(id) };
  }

  historyTold(id: string, { own, yours }: ToldHistory): void {
    const waiting = this.#told.get(id);
    const isNewer = own !== undefined && isNewerMark(own, waiting?.own ?? this.#peerMarks.get(id));
    if (waiting === undefined && !isNewer && this.#isKnown(id, yours)) return;
    this.#told.set(id, { own: isNewer ? own : waiting?.own, yours });
    if (waiting !== undefined) return;
    this.#enqueue(async () => {
      const told = this.#told.get(id);
      this.#told.delete(id);
      try {
        if (told?.own !== undefined) await this.#remember(id, told.own);
      } finally {
        await this.#takeBack(id, told?.yours);
      }
    });
  }

  async #remember(id: string, sealed: string): Promise<void> {
    const { store, registry, logger } = this.#deps;
    if (registry.find(id) === undefined || !isNewerMark(sealed, this.#peerMarks.get(id))) return;
    await store.rememberPeerMark(id, sealed);
    this.#peerMarks.set(id, sealed);
    logger.debug({ interlink: id, mark: sealed }, 'mark of the peer remembered');
  }

  async #takeBack(id: string, yours: string | undefined): Promise<void> {
    if (this.#isKnown(id, yours)) return;
    if (yours !== undefined) await this.#compare(yours);
    if (this.#deps.registry.find(id) !== undefined) this.#toldBack.set(id, yours);
  }

  #isKnown(id: string, toldBack: string | undefined): boolean {
    return this.#toldBack.has(id) && this.#toldBack.get(id) === toldBack;
  }

  async #compare(sealed: string): Promise<void> {
    const { store, registry, identity, logger } = this.#deps;
    const mark = openMark(identity.privateKey, sealed);
    const keys = mark === undefined ? undefined : await store.adoptMark(mark);
    if (mark === undefined || keys === undefined) return;
    for (const { id } of keys) await registry.refresh(id);
    logger.warn(
      { changedAt: new Date(mark.madeAt).toISOString(), keys: keys.map(({ name }) => name) },
      'the database was restored from an older backup; its unredeemed keys are not accepted any more, and an interlink may be back whose other side had not heard of its deletion',
    );
  }

  async #note(): Promise<void> {
    const { store, identity } = this.#deps;
    const mark = await store.latestMark();
    const sealed = mark && sealMark(identity.privateKey, mark);
    if (sealed === undefined || sealed === this.#latest) return;
    await store.noteMark(sealed);
    this.#latest = sealed;
  }

  #enqueue(work: () => Promise<void>): void {
    this.#work = this.#work.then(work).catch((error: unknown) => {
      this.#deps.logger.error({ err: error }, 'the history of the database could not be compared');
    });
  }
}
