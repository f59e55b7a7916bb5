import type { Logger } from '../domain/logger.ts';
import type { StepListener } from './steps.ts';
import type { InterlinkRegistry } from './interlink-registry.ts';
import type { InterlinkStore } from './interlink-store.ts';
import { isPaired } from './peer-transport.ts';
import type { NoticeTransport, PairedInterlink } from './peer-transport.ts';

const firstDelayMs = 1000;
const maxDelayMs = 300_000;

export interface DeletionNoticesDeps {
  readonly store: Pick<InterlinkStore, 'unfinishedEnds' | 'markPeerTold'>;
  readonly registry: InterlinkRegistry;
  readonly transport: NoticeTransport;
  readonly logger: Logger;
  readonly onStep: StepListener;
}

/**
 * Tells the peers of interlinks that ended here, again and again, without end and across restarts, until each has
 * acknowledged it.
 */
export class DeletionNotices {
  readonly #deps: DeletionNoticesDeps;
  readonly #stopping = new AbortController();
  readonly #timers = new Map<string, NodeJS.Timeout>();
  /** Ids of those that are being told. */
  readonly #telling = new Set<string>();
  readonly #running = new Set<Promise<void>>();
  #unsubscribe: () => void = () => undefined;

  constructor(deps: DeletionNoticesDeps) {
    this.#deps = deps;
  }

  /** Takes up what an earlier run left, and follows the registry from there. */
  start(): void {
    this.#unsubscribe = this.#deps.registry.subscribe(({ before, after }) => {
      if (before !== undefined && after === undefined) this.tellThoseDue();
    });
    this.tellThoseDue();
  }

  /** Begins to tell those who are not being told yet. */
  tellThoseDue(): void {
    this.#track(this.#beginDue());
  }

  /** Resolves when nothing is under way any more. */
  async stop(): Promise<void> {
    this.#unsubscribe();
    this.#stopping.abort();
    for (const timer of this.#timers.values()) clearTimeout(timer);
    await Promise.allSettled(this.#running);
  }

  async #beginDue(): Promise<void> {
    try {
      for (const { interlink, noticeDue } of await this.#deps.store.unfinishedEnds()) {
        if (!noticeDue || !isPaired(interlink) || this.#telling.has(interlink.id)) continue;
        this.#telling.add(interlink.id);
        this.#track(this.#tell(interlink, firstDelayMs));
      }
    } catch (error) {
      this.#deps.logger.error({ err: error }, 'cannot read who is to be told of a deletion; trying again');
      this.#later('', firstDelayMs, () => this.#beginDue());
    }
  }

  async #tell(interlink: PairedInterlink, delay: number): Promise<void> {
    const { store, transport, logger, onStep } = this.#deps;
    const { id, name, peer } = interlink;
    const { signal } = this.#stopping;
    if (signal.aborted) return;
    try {
      const outcome = await transport.notify(interlink, { kind: 'deleted' }, signal);
      if (outcome.kind !== 'failed') {
        onStep('notice-sent');
        await store.markPeerTold(id);
        onStep('peer-told');
        this.#telling.delete(id);
        logger.info(
          { interlink: id, name, peer: peer.name },
          'the other side knows that the interlink has ended',
        );
        await transport.release(id);
        return;
      }
      logger.debug({ interlink: id, reason: outcome.reason, delay }, 'deletion not told; trying again');
    } catch (error) {
      logger.error({ err: error, interlink: id }, 'deletion not told; trying again');
    }
    this.#later(id, delay, () => this.#tell(interlink, Math.min(delay * 2, maxDelayMs)));
  }

  #later(key: string, delay: number, work: () => Promise<void>): void {
    if (this.#stopping.signal.aborted) return;
    clearTimeout(this.#timers.get(key));
    const run = (): void => {
      this.#timers.delete(key);
      this.#track(work());
    };
    this.#timers.set(key, setTimeout(run, delay).unref());
  }

  #track(work: Promise<void>): void {
    this.#running.add(work);
    void work.finally(() => this.#running.delete(work));
  }
}
