import type { CallRecorder } from '../calls/call-recorder.ts';
import { cause } from '../domain/hangup-cause.ts';
import type { Logger } from '../domain/logger.ts';
import { isTransit } from '../domain/transit.ts';
import type { AriConnection } from './ari-connection.ts';
import type { AriChannel, BridgeChange } from './ari-events.ts';
import type { BridgeEvents } from './bridge-events.ts';
import type { CallChannels } from './call-channels.ts';
import { isMachine, trunkOf } from './channel-name.ts';
import { DelayedTasks } from './delayed-tasks.ts';

type Party = Pick<AriChannel, 'id' | 'name'>;

/** How long bridges are looked at after the calls of two interlinks were up, milliseconds. */
const lookOnMs = 60_000;
const lookAgainMs = 1000;
/** Device states of a trunk that has no channels. */
const idle = new Set(['NOT_INUSE', 'INVALID']);
const busy = new Set(['INUSE', 'RINGING', 'RINGINUSE', 'BUSY', 'ONHOLD']);
const look = 'look';

export interface TransitWatchDeps {
  readonly ari: Pick<AriConnection, 'on' | 'call'>;
  readonly bridges: Pick<BridgeEvents, 'need'>;
  readonly channels: Pick<CallChannels, 'hangUp'>;
  readonly recorder: Pick<CallRecorder, 'ended'>;
  readonly log: Logger;
}

/**
 * Ends calls of two different interlinks that were left alone with each other. An attended transfer runs no dial
 * plan, so nothing else can stop it. Whatever it is that joins channels, they are in one bridge then. Bridges are looked
 * at while two interlinks have channels.
 */
export class TransitWatch {
  readonly #deps: TransitWatchDeps;
  /** Trunks that have channels. Of one that has none any more it may be learnt late. */
  readonly #busy = new Set<string>();
  /** Names of channels that are in bridges, by id. */
  readonly #bridged = new Map<string, string>();
  /** Ids of channels that are being ended; Asterisk tells of each change several times. */
  readonly #ending = new Set<string>();
  readonly #looks = new DelayedTasks();
  #looking = false;
  #need: Disposable | undefined;
  #rest: NodeJS.Timeout | undefined;

  constructor(deps: TransitWatchDeps) {
    this.#deps = deps;
    const { ari } = deps;
    ari.on('StasisStart', ({ channel }) => this.#hasChannels([channel]));
    ari.on('DeviceStateChanged', ({ device_state: { name, state } }) => {
      if (busy.has(state)) this.#hasChannels([{ name }]);
      else if (idle.has(state)) this.#hasNone(name);
    });
    ari.on('ChannelEnteredBridge', (event) => this.#entered(event));
    ari.on('ChannelLeftBridge', (event) => this.#left(event));
    ari.on('down', () => {
      this.#busy.clear();
      this.#stop();
    });
  }

  /** Looks, after a connection to Asterisk was made, at what is there and what was joined while nobody looked. */
  async resume(): Promise<void> {
    this.#hasChannels(await this.#deps.ari.call<readonly AriChannel[]>('channels', 'list'));
  }

  #hasChannels(channels: readonly Pick<AriChannel, 'name'>[]): void {
    for (const { name } of channels) {
      const trunk = trunkOf(name);
      if (trunk !== undefined) this.#busy.add(trunk);
    }
    if (this.#busy.size < 2) return;
    clearTimeout(this.#rest);
    this.#rest = undefined;
    if (this.#looking) return;
    this.#looking = true;
    this.#looks.schedule(look, 0, () => this.#look());
  }

  #hasNone(device: string): void {
    this.#busy.delete(trunkOf(device) ?? '');
    if (this.#looking && this.#busy.size < 2) this.#rest ??= setTimeout(() => this.#stop(), lookOnMs).unref();
  }

  #stop(): void {
    clearTimeout(this.#rest);
    this.#rest = undefined;
    this.#looking = false;
    this.#need?.[Symbol.dispose]();
    this.#need = undefined;
    this.#bridged.clear();
    this.#ending.clear();
  }

  async #look(): Promise<void> {
    const { bridges, log } = this.#deps;
    try {
      const need = await bridges.need();
      if (this.#looking) this.#need ??= need;
      if (this.#need !== need) need[Symbol.dispose]();
      if (this.#looking) await this.#lookAtAll();
    } catch (error) {
      log.debug({ err: error }, 'bridges not looked at; trying again');
      if (this.#looking) this.#looks.schedule(look, lookAgainMs, () => this.#look());
    }
  }

  async #lookAtAll(): Promise<void> {
    const all = await this.#deps.ari.call<readonly AriChannel[]>('channels', 'list');
    const names = new Map(all.map(({ id, name }) => [id, name]));
    const bridges = await this.#deps.ari.call<readonly BridgeChange['bridge'][]>('bridges', 'list');
    for (const bridge of bridges) {
      for (const id of bridge.channels) {
        const name = names.get(id);
        // One that has entered since was told of by an event.
        if (name !== undefined) this.#bridged.set(id, name);
      }
      this.#check(bridge);
    }
  }

  #entered({ bridge, channel }: BridgeChange): void {
    this.#bridged.set(channel.id, channel.name);
    this.#check(bridge);
  }

  #left({ bridge, channel }: BridgeChange): void {
    this.#bridged.delete(channel.id);
    this.#ending.delete(channel.id);
    this.#check(bridge);
  }

  #check({ channels }: BridgeChange['bridge']): void {
    const parties: readonly Party[] = channels
      .map((id) => ({ id, name: this.#bridged.get(id) ?? '' }))
      .filter(({ name }) => !isMachine(name));
    if (!isTransit(parties.map(({ name }) => trunkOf(name)))) return;
    // Now, with the reason: the end of one channel takes the others along, as if somebody had hung up.
    for (const { id } of parties) this.#deps.recorder.ended(id, cause.callRejected);
    const ending = parties.filter(({ id }) => !this.#ending.has(id));
    if (ending.length === 0) return;
    this.#deps.log.warn(
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
