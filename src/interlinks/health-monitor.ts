import { computeHealth, isSilent } from '../domain/health.ts';
import type { Health, HealthSigns, TrunkState } from '../domain/health.ts';
import { isActive } from '../domain/interlink.ts';
import type { ActiveInterlink, Interlink, InterlinkRole, PeerContact } from '../domain/interlink.ts';
import { Limiter } from '../domain/limiter.ts';
import type { Logger } from '../domain/logger.ts';
import { RateLimiter } from '../domain/rate-limiter.ts';
import type { InterlinkRegistry } from './interlink-registry.ts';
import type {
  DirectoryRevisions,
  Heartbeat,
  HeartbeatReply,
  HeartbeatTransport,
  ToldHistory,
} from './peer-transport.ts';
import { PeriodicTask } from './periodic-task.ts';
import { wordsFor } from './transport-reasons.ts';

/** From a heartbeat in either direction to the next one. */
const intervalMs = 5000;
/** What the other side has for its turn beside that; apart, so that two that have begun in one moment do not go on so. */
const graceMs: Readonly<Record<InterlinkRole, number>> = { issuer: 1000, redeemer: 1500 };

/**
 * So many heartbeats are under way at once to the peers of each kind, see Turns. More than a machine can send in the
 * time that each of them has would all come too late, and would be repeated together.
 */
const beatsAtOnce = 100;

/** Heartbeats of a peer that are heeded. It may have something to tell now and then, beside one every five seconds. */
const heedLimit = { burst: 20, perSecond: 1, maxKeys: 10_000 } as const;

/** What heartbeats carry about the directories, see directoryExchange. */
export interface RevisionExchange {
  /** What to tell the peer. */
  revisionsFor(interlinkId: string): DirectoryRevisions;
  /** The peer has told. */
  revisionsTold(interlinkId: string, revisions: DirectoryRevisions): void;
}

/** What heartbeats carry about the databases, see RestoreWatch. */
export interface HistoryExchange {
  /** What to tell the peer. */
  historyFor(interlinkId: string): ToldHistory;
  /** The peer has told. */
  historyTold(interlinkId: string, history: ToldHistory): void;
}

export interface HealthMonitorDeps {
  readonly registry: InterlinkRegistry;
  readonly transport: HeartbeatTransport;
  readonly directories: RevisionExchange;
  readonly history: HistoryExchange;
  readonly system: () => { readonly name: string };
  /** Where the peer reaches this system; undefined while that cannot be said. */
  readonly contact: (interlink: Interlink) => PeerContact | undefined;
  /** Version of this software, told to the peers. */
  readonly version: string;
  /** Version of the protocol that this system speaks. */
  readonly protocol: number;
  readonly now: () => number;
  /** Milliseconds on a clock that never goes back. */
  readonly uptime: () => number;
  readonly logger: Logger;
}

/** What an admin may want to know of an interlink beside its colour. */
export interface InterlinkSigns extends HealthSigns {
  readonly roundTripMs: number | undefined;
  readonly peerVersion: string | undefined;
  /** What the peer calls itself now. */
  readonly peerName: string | undefined;
}

export type HealthListener = (interlink: Interlink, health: Health) => void;

/** Each kind of peer waits behind its own alone. */
interface Turns {
  /** Those that answered the last heartbeat, or have had none yet. */
  readonly answering: Limiter;
  /** Those that did not answer the last one, and silent ones that have sent one since. */
  readonly inDoubt: Limiter;
  readonly silent: Limiter;
}

interface Watch {
  readonly task: PeriodicTask;
  /** Aborted when the peer has sent a heartbeat since the last one to it began. */
  heard: AbortController;
  signs: InterlinkSigns;
  shown: Health;
}

/**
 * Sends heartbeats over every active interlink, takes those of the peers, and knows how each interlink is. The two sides
 * take turns, since both learn of each other by either one's: who has heard from the other waits a little less than who
 * has been answered.
 */
export class HealthMonitor {
  readonly #deps: HealthMonitorDeps;
  readonly #watches = new Map<string, Watch>();
  readonly #trunks = new Map<string, TrunkState>();
  readonly #listeners = new Set<HealthListener>();
  readonly #heeded = new RateLimiter(heedLimit);
  readonly #turns: Turns = {
    answering: new Limiter(beatsAtOnce),
    inDoubt: new Limiter(beatsAtOnce),
    silent: new Limiter(beatsAtOnce),
  };
  #asteriskConnected = false;
  #unsubscribe: () => void = () => undefined;

  constructor(deps: HealthMonitorDeps) {
    this.#deps = deps;
  }

  /** Begins with the active interlinks in the registry and follows it from there. */
  start(): void {
    const { registry } = this.#deps;
    this.#unsubscribe = registry.subscribe(({ before, after }) => {
      if (after !== undefined && isActive(after)) this.#watch(after, before?.peer?.url);
      else if (before !== undefined) void this.#unwatch(before.id);
      if (after === undefined && before !== undefined) this.#trunks.delete(before.id);
    });
    for (const interlink of registry.active()) this.#watch(interlink);
  }

  /** Resolves when no heartbeat is under way any more. */
  async stop(): Promise<void> {
    this.#unsubscribe();
    await Promise.all([...this.#watches.keys()].map((id) => this.#unwatch(id)));
  }

  healthOf(interlink: Interlink): Health {
    return computeHealth(interlink, this.signsOf(interlink.id), this.#deps.now());
  }

  /** @returns undefined for an interlink that is not active */
  signsOf(id: string): InterlinkSigns | undefined {
    return this.#watches.get(id)?.signs;
  }

  /** Whether the peer is known not to answer. */
  isAway(id: string): boolean {
    const signs = this.signsOf(id);
    return signs !== undefined && isSilent(signs);
  }

  /** A peer's heartbeat has arrived; of too many, some are only answered. @returns what to answer */
  heard(interlink: Interlink, beat: Heartbeat): HeartbeatReply {
    const { now, uptime } = this.#deps;
    const watch = this.#watches.get(interlink.id);
    if (watch !== undefined && this.#heeded.allows(interlink.id, uptime())) {
      this.#heeded.charge(interlink.id, uptime());
      watch.heard.abort();
      // Who was silent and speaks again can perhaps be reached again: find out now.
      if (watch.signs.misses > 0) watch.task.runNow();
      else watch.task.postpone(intervalMs, 2 * intervalMs + graceMs[interlink.role]);
      this.#update(interlink.id, { ...this.#peerView(beat), heardAt: now() });
      this.#takeNews(interlink.id, beat);
    }
    return { ...this.#ownBeat(interlink.id), now: now() };
  }

  /** Asterisk has said how the trunk of an interlink is. The peer is told at once. */
  trunkStateChanged(id: string, trunk: TrunkState): void {
    if (trunk === 'unknown') this.#trunks.delete(id);
    else this.#trunks.set(id, trunk);
    const watch = this.#watches.get(id);
    if (watch === undefined || watch.signs.trunk === trunk) return;
    this.#update(id, { trunk });
    watch.task.runNow();
  }

  /** While Asterisk is away, nothing is known of its trunks. */
  asteriskConnectionChanged(connected: boolean): void {
    this.#asteriskConnected = connected;
    for (const id of this.#watches.keys()) {
      this.#update(id, { asteriskConnected: connected });
      if (!connected) this.trunkStateChanged(id, 'unknown');
    }
    if (!connected) this.#trunks.clear();
  }

  /** Told of every change of colour or reason. @returns the function that ends the subscription */
  subscribe(listener: HealthListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** @param lastUrl where the peer was until now */
  #watch(interlink: ActiveInterlink, lastUrl?: string): void {
    const { id } = interlink;
    const watch = this.#watches.get(id);
    if (watch !== undefined) {
      if (lastUrl !== interlink.peer.url) watch.task.runNow();
      return;
    }
    const signs: InterlinkSigns = {
      since: this.#deps.now(),
      answeredAt: undefined,
      misses: 0,
      missedBecause: undefined,
      heardAt: undefined,
      gone: false,
      clockSkewMs: undefined,
      protocolAhead: 0,
      trunk: this.#trunks.get(id) ?? 'unknown',
      peerTrunk: 'unknown',
      asteriskConnected: this.#asteriskConnected,
      roundTripMs: undefined,
      peerVersion: undefined,
      peerName: undefined,
    };
    const untilNext = (): number =>
      (this.signsOf(id)?.misses ?? 0) > 0 ? intervalMs : intervalMs + graceMs[interlink.role];
    const task = new PeriodicTask(
      untilNext,
      async (signal, begun) => await this.#beatInTurn(id, signal, begun),
    );
    const shown = computeHealth(interlink, signs, signs.since);
    this.#watches.set(id, { task, heard: new AbortController(), signs, shown });
    task.runNow();
  }

  async #unwatch(id: string): Promise<void> {
    const watch = this.#watches.get(id);
    this.#watches.delete(id);
    await watch?.task.stop();
  }

  async #beatInTurn(id: string, signal: AbortSignal, begun: () => void): Promise<void> {
    const watch = this.#watches.get(id);
    if (watch === undefined) return;
    const beat = async (): Promise<true> => {
      begun();
      watch.heard = new AbortController();
      await this.#beat(id, signal);
      return true;
    };
    const { answering, inDoubt, silent } = this.#turns;
    if (watch.signs.misses === 0) {
      await answering.run(beat);
      return;
    }
    const sent = isSilent(watch.signs) && (await silent.runUnless(watch.heard.signal, beat));
    if (sent !== true) await inDoubt.run(beat);
  }

  async #beat(id: string, signal: AbortSignal): Promise<void> {
    const { registry, transport, contact, now, logger } = this.#deps;
    const interlink = registry.find(id);
    if (signal.aborted || interlink === undefined || !isActive(interlink)) return;
    const sentAt = now();
    const outcome = await transport.heartbeat(
      interlink,
      { ...this.#ownBeat(id), contact: contact(interlink) },
      signal,
    );
    if (signal.aborted) return;
    switch (outcome.kind) {
      case 'answered': {
        const { reply, roundTripMs } = outcome;
        const clockSkewMs = Math.round(reply.now - (sentAt + roundTripMs / 2));
        const answered = { answeredAt: now(), misses: 0, missedBecause: undefined, gone: false };
        this.#update(id, { ...answered, roundTripMs, clockSkewMs, ...this.#peerView(reply) });
        this.#takeNews(id, reply);
        break;
      }
      case 'gone':
        this.#update(id, { gone: true });
        break;
      case 'missed':
        logger.debug({ interlink: id, reason: outcome.reason }, 'heartbeat not answered');
        this.#update(id, {
          misses: (this.signsOf(id)?.misses ?? 0) + 1,
          missedBecause: wordsFor(outcome.reason),
        });
        break;
    }
  }

  #peerView(
    beat: Heartbeat,
  ): Pick<InterlinkSigns, 'peerVersion' | 'peerName' | 'peerTrunk' | 'protocolAhead'> {
    const protocolAhead = beat.protocol - this.#deps.protocol;
    return { peerVersion: beat.version, peerName: beat.name, peerTrunk: beat.trunk, protocolAhead };
  }

  #ownBeat(id: string): Heartbeat {
    const { version, protocol, system, directories, history } = this.#deps;
    return {
      version,
      protocol,
      name: system().name,
      trunk: this.#trunks.get(id) ?? 'unknown',
      ...(this.#watches.has(id) && {
        directory: directories.revisionsFor(id),
        history: history.historyFor(id),
      }),
    };
  }

  #takeNews(id: string, { directory, history }: Heartbeat): void {
    if (directory !== undefined) this.#deps.directories.revisionsTold(id, directory);
    if (history !== undefined) this.#deps.history.historyTold(id, history);
  }

  #update(id: string, news: Partial<InterlinkSigns>): void {
    const watch = this.#watches.get(id);
    const interlink = this.#deps.registry.find(id);
    if (watch === undefined || interlink === undefined) return;
    watch.signs = { ...watch.signs, ...news };
    const health = this.healthOf(interlink);
    if (health.colour === watch.shown.colour && health.reason === watch.shown.reason) return;
    watch.shown = health;
    this.#deps.logger.info({ interlink: id, ...health }, 'health changed');
    for (const listener of this.#listeners) listener(interlink, health);
  }
}
