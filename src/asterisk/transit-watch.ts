import type { CallRecorder } from '../calls/call-recorder.ts';
import { cause } from '../domain/hangup-cause.ts';
import { trunkName } from '../domain/interlink.ts';
import { Limiter } from '../domain/limiter.ts';
import type { Logger } from '../domain/logger.ts';
import { isTransit } from '../domain/transit.ts';
import type { AriConnection } from './ari-connection.ts';
import type { AriChannel, BridgeChange } from './ari-events.ts';
import type { BridgeEvents } from './bridge-events.ts';
import type { CallChannels } from './call-channels.ts';
import { isMachine, trunkOf } from './channel-name.ts';
import { DelayedTasks } from './delayed-tasks.ts';

type Party = Pick<AriChannel, 'id' | 'name'>;

/** Name of the one task, how often it is done while bridges are followed, and how soon again where Asterisk fails. */
const checking = 'bridges';
const checkMs = 60_000;
const retryMs = 1000;

export interface TransitWatchDeps {
  readonly ari: Pick<AriConnection, 'on' | 'call'>;
  readonly bridges: Pick<BridgeEvents, 'need'>;
  readonly channels: Pick<CallChannels, 'hangUp'>;
  readonly recorder: Pick<CallRecorder, 'active' | 'answered' | 'ended'>;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly log: Logger;
}

/**
 * Ends calls of two different interlinks that were left alone with each other. An attended transfer runs no dial
 * plan, so nothing else can stop it. Whatever it is that joins channels, they are in one bridge then. Bridges are
 * followed while two interlinks have channels.
 */
export class TransitWatch {
  readonly #deps: TransitWatchDeps;
  /** Trunks that had channels when Asterisk was asked last, and those of calls that began since. */
  #trunks = new Set<string>();
  /** Names of channels that are in bridges, by id. */
  readonly #bridged = new Map<string, string>();
  /** Ids of channels that are being ended; Asterisk tells of each change several times. */
  readonly #ending = new Set<string>();
  readonly #tasks = new DelayedTasks();
  readonly #oneCheck = new Limiter(1);
  /** While bridges are followed. */
  #need: Disposable | undefined;

  constructor(deps: TransitWatchDeps) {
    this.#deps = deps;
    const { ari } = deps;
    ari.on('ChannelEnteredBridge', (event) => this.#entered(event));
    ari.on('ChannelLeftBridge', (event) => this.#left(event));
    ari.on('down', () => {
      this.#trunks.clear();
      this.#unfollow();
    });
  }

  /**
   * Looks, after a connection to Asterisk was made, at what is there and what was joined while nobody looked. Ends a
   * subscription that an earlier connection has left.
   */
  async resume(): Promise<void> {
    await this.#oneCheck.run(async () => {
      await this.#follow();
      await this.#check();
    });
  }

  /** A call over a trunk begins: it is among those of the recorder, and may have no channel there yet. */
  began(trunk: string): void {
    this.#trunks.add(trunk);
    if (this.#trunks.size > 1 && this.#need === undefined) this.#checkIn(0);
  }

  #checkIn(delayMs: number): void {
    this.#tasks.schedule(checking, delayMs, () => this.#tryCheck());
  }

  async #tryCheck(): Promise<void> {
    try {
      await this.#oneCheck.run(() => this.#check());
    } catch (error) {
      this.#deps.log.debug({ err: error }, 'bridges not looked at; trying again');
      if (this.#trunks.size > 1) this.#checkIn(retryMs);
    }
  }

  /** Follows bridges, or does not any more. While it does, looks through them now and then: an event may be lost. */
  async #check(): Promise<void> {
    const { recorder } = this.#deps;
    const names = await this.#channelNames();
    const ofCalls = recorder
      .active()
      .map(({ interlinkId: id }) => (id === undefined ? undefined : trunkName(id)));
    const trunks = [...[...names.values()].map(trunkOf), ...ofCalls];
    this.#trunks = new Set(trunks.filter((trunk) => trunk !== undefined));
    if (this.#trunks.size < 2) {
      this.#unfollow();
      return;
    }
    this.#checkIn(checkMs);
    await this.#follow();
    await this.#lookThrough();
  }

  async #follow(): Promise<void> {
    const before = this.#need;
    this.#need = await this.#deps.bridges.need();
    before?.[Symbol.dispose]();
  }

  #unfollow(): void {
    this.#need?.[Symbol.dispose]();
    this.#need = undefined;
    this.#bridged.clear();
    this.#ending.clear();
  }

  async #lookThrough(): Promise<void> {
    const known = [...this.#bridged.keys()];
    const names = await this.#channelNames();
    for (const id of known) if (!names.has(id)) this.#bridged.delete(id);
    const bridges = await this.#deps.ari.call<readonly BridgeChange['bridge'][]>('bridges', 'list');
    for (const bridge of bridges) {
      for (const id of bridge.channels) {
        const name = names.get(id);
        // One that has entered since was told of by an event.
        if (name !== undefined) this.#bridged.set(id, name);
      }
      this.#endTransit(bridge);
    }
  }

  async #channelNames(): Promise<ReadonlyMap<string, string>> {
    const all = await this.#deps.ari.call<readonly AriChannel[]>('channels', 'list');
    return new Map(all.map(({ id, name }) => [id, name]));
  }

  #entered({ bridge, channel }: BridgeChange): void {
    if (this.#need === undefined) return;
    this.#bridged.set(channel.id, channel.name);
    this.#endTransit(bridge);
  }

  #left({ bridge, channel }: BridgeChange): void {
    if (this.#need === undefined) return;
    this.#bridged.delete(channel.id);
    this.#ending.delete(channel.id);
    this.#endTransit(bridge);
  }

  #endTransit({ channels }: BridgeChange['bridge']): void {
    const { recorder, now, log } = this.#deps;
    const parties: readonly Party[] = channels
      .map((id) => ({ id, name: this.#bridged.get(id) ?? '' }))
      .filter(({ name }) => !isMachine(name));
    if (!isTransit(parties.map(({ name }) => trunkOf(name)))) return;
    for (const { id } of parties) {
      // Who is in a bridge was answered, whether that was learnt yet or not.
      recorder.answered(id, now());
      // Now, with the reason: the end of one channel takes the others along, as if somebody had hung up.
      recorder.ended(id, cause.callRejected);
    }
    const ending = parties.filter(({ id }) => !this.#ending.has(id));
    if (ending.length === 0) return;
    log.warn(
      { channels: ending.map(({ name }) => name) },
      'two interlinks were left alone with each other; their calls are ended',
    );
    for (const { id } of ending) this.#end(id);
  }

  #end(channel: string): void {
    this.#ending.add(channel);
    this.#deps.channels.hangUp(channel, cause.callRejected).catch((error: unknown) => {
      this.#ending.delete(channel);
      this.#deps.log.debug({ err: error, channel }, 'channel not ended; it may be gone');
    });
  }
}
