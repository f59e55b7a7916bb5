import { cause } from '../domain/hangup-cause.ts';
import type { TrunkCalls } from '../interlinks/trunk-provisioner.ts';
import type { AriConnection } from './ari-connection.ts';
import { isNotFound } from './ari-errors.ts';
import type { AriChannel } from './ari-events.ts';
import type { CallChannels } from './call-channels.ts';
import { trunkOf } from './channel-name.ts';

/** The channels of trunks, recognized by name. Hanging one up ends the call for the phone at its other end. */
export class AriTrunkCalls implements TrunkCalls {
  readonly #ari: AriConnection;
  readonly #channels: Pick<CallChannels, 'hangUp'>;

  constructor(ari: AriConnection, channels: Pick<CallChannels, 'hangUp'>) {
    this.#ari = ari;
    this.#channels = channels;
  }

  async hangUp(trunk: string): Promise<number> {
    const channels = (await this.#all()).filter(({ name }) => trunkOf(name) === trunk);
    await Promise.all(channels.map(({ id }) => this.#end(id)));
    return channels.length;
  }

  async list(): Promise<readonly string[]> {
    return [...new Set((await this.#all()).flatMap(({ name }) => trunkOf(name) ?? []))];
  }

  async #all(): Promise<readonly AriChannel[]> {
    return await this.#ari.call<readonly AriChannel[]>('channels', 'list');
  }

  /** A channel that has ended by itself meanwhile is what was wanted. */
  async #end(id: string): Promise<void> {
    try {
      await this.#channels.hangUp(id, cause.normalClearing);
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  }
}
