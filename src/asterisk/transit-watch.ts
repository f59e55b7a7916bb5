import type { CallRecorder } from '../calls/call-recorder.ts';
import { cause } from '../domain/hangup-cause.ts';
import type { Logger } from '../domain/logger.ts';
import { isTransit } from '../domain/transit.ts';
import type { AriConnection } from './ari-connection.ts';
import type { AriChannel, ChannelVarset } from './ari-events.ts';
import type { CallChannels } from './call-channels.ts';
import { isMachine, trunkOf } from './channel-name.ts';

/** A channel, as far as it is known: Asterisk takes its name wherever it takes an id. */
type Party = Pick<AriChannel, 'name'> & Partial<Pick<AriChannel, 'id'>>;

export interface TransitWatchDeps {
  readonly ari: AriConnection;
  readonly channels: CallChannels;
  readonly recorder: Pick<CallRecorder, 'ended'>;
  readonly log: Logger;
}

/**
 * Ends calls of two different interlinks that were left alone with each other. An attended transfer runs no dial
 * plan, so nothing else can stop it. Whenever Asterisk changes who is in a bridge it sets BRIDGEPEER on each channel
 * in it to the names of the others (up to ten), whatever it was that joined them.
 */
export class TransitWatch {
  readonly #deps: TransitWatchDeps;
  /** Names of channels that are being ended; Asterisk tells of each change several times. */
  readonly #ending = new Set<string>();

  constructor(deps: TransitWatchDeps) {
    this.#deps = deps;
    const { ari } = deps;
    // The trunks' endpoints are subscribed to when they are made, which brings the events of all their channels.
    ari.on('ChannelVarset', (event) => this.#set(event));
    ari.on('ChannelDestroyed', ({ channel }) => this.#ending.delete(channel.name));
    ari.on('down', () => this.#ending.clear());
  }

  /** Looks, after a connection to Asterisk was made, at what was joined while nobody looked. */
  async resume(): Promise<void> {
    const all = await this.#deps.ari.call<readonly AriChannel[]>('channels', 'list');
    const trunks = all.filter(({ name }) => trunkOf(name) !== undefined);
    await Promise.all(trunks.map(({ id }) => this.#deps.channels.follow(id).catch(() => undefined)));
    const bridges = await this.#deps.ari.call<readonly { channels: readonly string[] }[]>('bridges', 'list');
    for (const bridge of bridges) this.#check(all.filter(({ id }) => bridge.channels.includes(id)));
  }

  #set({ channel, value }: ChannelVarset): void {
    if (channel === undefined || value === '') return;
    this.#check([channel, ...value.split(',').map((name) => ({ name }))]);
  }

  #check(bridged: readonly Party[]): void {
    const parties = bridged.filter(({ name }) => !isMachine(name));
    if (!isTransit(parties.map(({ name }) => trunkOf(name)))) return;
    // Now, with the reason: the end of one channel takes the others along, as if somebody had hung up.
    for (const { id } of parties) if (id !== undefined) this.#deps.recorder.ended(id, cause.callRejected);
    const names = parties.map(({ name }) => name).filter((name) => !this.#ending.has(name));
    if (names.length === 0) return;
    this.#deps.log.warn(
      { channels: names },
      'two interlinks were left alone with each other; their calls are ended',
    );
    for (const name of names) this.#end(name);
  }

  #end(channel: string): void {
    this.#ending.add(channel);
    this.#deps.channels.hangUp(channel, cause.callRejected).catch((error: unknown) => {
      this.#ending.delete(channel);
      this.#deps.log.debug({ err: error, channel }, 'channel not ended; it may be gone');
    });
  }
}
