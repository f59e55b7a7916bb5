import { Limiter } from '../domain/limiter.ts';
import type { Logger } from '../domain/logger.ts';
import { findIssuer } from './find-issuer.ts';
import type { FindIssuerDeps } from './find-issuer.ts';
import type { InterlinkRegistry } from './interlink-registry.ts';
import type { EndedInterlink, InterlinkStore } from './interlink-store.ts';
import { isPaired } from './peer-transport.ts';
import type { NoticeTransport, PairedInterlink } from './peer-transport.ts';

const firstDelayMs = 1000;
const maxDelayMs = 300_000;
/** An issuer that is still pairing sends no heartbeat, by whose answer others learn of the end. */
const maxDelayWhilePairingMs = 20_000;

export interface DeletionNoticesDeps extends FindIssuerDeps {
  readonly store: FindIssuerDeps['store'] & Pick<InterlinkStore, 'unfinishedEnds' | 'markPeerTold'>;
  readonly registry: InterlinkRegistry;
  readonly transport: FindIssuerDeps['transport'] & NoticeTransport;
  readonly logger: Logger;
}

/**
 * Tells the peers of interlinks that ended here, again and again, without end and across restarts, until each has
 * acknowledged it, has asked for the interlink and heard it so, or is linked anew.
 */
export class DeletionNotices {
  readonly #deps: DeletionNoticesDeps;
  readonly #stopping = new AbortController();
  readonly #timers = new Map<string, NodeJS.Timeout>();
  /** One after the other, so that none with an older state of the store comes last. */
  readonly #reading = new Limiter(1);
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
      const ended = before !== undefined && after === undefined;
      const begun = after?.state === 'active' && before?.state !== 'active';
      if (ended || begun) this.tellThoseDue();
    });
    this.tellThoseDue();
  }

  /** The peer of an interlink that has ended has asked over it, and been answered so. */
  async learned(id: string): Promise<void> {
    if (this.#telling.has(id)) await this.settle(id);
  }

  /** Tells the peer of an ended interlink no more. */
  async settle(id: string): Promise<void> {
    await this.#deps.store.markPeerTold(id);
    this.#forget(id);
    await this.#deps.transport.release(id);
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
    await this.#reading.run(async () => await this.#readDue());
  }

  async #readDue(): Promise<void> {
    try {
      const due = (await this.#deps.store.unfinishedEnds()).filter(({ noticeDue }) => noticeDue);
      for (const id of this.#telling) {
        if (!due.some(({ interlink }) => interlink.id === id)) this.#forget(id);
      }
      for (const ended of due) {
        const { id } = ended.interlink;
        if (this.#telling.has(id)) continue;
        this.#telling.add(id);
        this.#track(this.#tell(ended, firstDelayMs));
      }
    } catch (error) {
      this.#deps.logger.error({ err: error }, 'cannot read who is to be told of a deletion; trying again');
      this.#later('', firstDelayMs, () => this.#beginDue());
    }
  }

  async #tell(ended: EndedInterlink, delay: number): Promise<void> {
    const { id, activatedAt } = ended.interlink;
    const { signal } = this.#stopping;
    if (signal.aborted || !this.#telling.has(id)) return;
    try {
      const failure = await this.#attempt(ended, signal);
      if (failure === undefined) {
        this.#telling.delete(id);
        return;
      }
      this.#deps.logger.debug({ interlink: id, reason: failure, delay }, 'deletion not told; trying again');
    } catch (error) {
      this.#deps.logger.error({ err: error, interlink: id }, 'deletion not told; trying again');
    }
    const longest = activatedAt === undefined ? maxDelayWhilePairingMs : maxDelayMs;
    this.#later(id, delay, () => this.#tell(ended, Math.min(delay * 2, longest)));
  }

  /** @returns why the peer does not know yet; undefined once it does, or once there is none to be told */
  async #attempt(ended: EndedInterlink, signal: AbortSignal): Promise<string | undefined> {
    const { interlink } = ended;
    if (isPaired(interlink)) return await this.#notify(interlink, signal);
    const issuer = await findIssuer(this.#deps, ended, signal);
    switch (issuer.kind) {
      case 'found':
        return await this.#notify(issuer.interlink, signal);
      case 'failed':
        return issuer.reason;
      case 'nobody':
        await this.#deps.store.markPeerTold(interlink.id);
        return undefined;
    }
  }

  async #notify(interlink: PairedInterlink, signal: AbortSignal): Promise<string | undefined> {
    const { store, transport, logger, onStep } = this.#deps;
    const { id, name, peer } = interlink;
    const outcome = await transport.notify(interlink, { kind: 'deleted' }, signal);
    if (outcome.kind === 'failed') return outcome.reason;
    onStep('notice-sent');
    await store.markPeerTold(id);
    onStep('peer-told');
    logger.info(
      { interlink: id, name, peer: peer.name },
      'the other side knows that the interlink has ended',
    );
    await transport.release(id);
    return undefined;
  }

  #forget(id: string): void {
    this.#telling.delete(id);
    clearTimeout(this.#timers.get(id));
    this.#timers.delete(id);
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
