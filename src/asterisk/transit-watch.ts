import type { CallRecorder } from '../calls/call-recorder.ts';
import { cause } from '../domain/hangup-cause.ts';
import type { Logger } from '../domain/logger.ts';
import { isTransit } from '../domain/transit.ts';
import type { AriConnection } from './ari-connection.ts';
import type { AriChannel, BridgeChange } from './ari-events.ts';
import type { CallChannels } from './call-channels.ts';
import { isMachine, trunkOf } from './channel-name.ts';

type Party = Pick<AriChannel, 'id' | 'name'>;

export interface TransitWatchDeps {
  readonly ari: AriConnection;
  readonly channels: CallChannels;
  readonly recorder: Pick<CallRecorder, 'ended'>;
  readonly log: Logger;
}

/**
 * Ends calls of two different interlinks that were left alone with each other. An attended transfer runs no dial
 * plan, so nothing else can stop it. Whatever it is that joins channels, they are in one bridge then.
 */
export class TransitWatch {
  readonly #deps: TransitWatchDeps;
  /** Names of channels that are in bridges, by id. */
  readonly #bridged = new Map<string, string>();
  /** Ids of channels that are being ended; Asterisk tells of each change several times. */
  readonly #ending = new Set<string>();

  constructor(deps: TransitWatchDeps) {
    this.#deps = deps;
    const { ari } = deps;
    ari.on('ChannelEnteredBridge', (event) => this.#entered(event));
    ari.on('ChannelLeftBridge', (event) => this.#left(event));
    ari.on('down', () => {
      this.#bridged.clear();
      this.#ending.clear();
    });
  }

  /** Looks, after a connection to Asterisk was made, at what was joined while nobody looked. */
  async resume(): Promise<void> {
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
