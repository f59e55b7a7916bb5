import { setImmediate } from 'node:timers/promises';
import { cause, type HangupCause } from '../domain/hangup-cause.ts';
import type { TrunkCalls } from '../interlinks/trunk-provisioner.ts';
import type { AriConnection } from './ari-connection.ts';
import { isNotFound } from './ari-errors.ts';
import type { AriChannel } from './ari-events.ts';
import type { CallChannels } from './call-channels.ts';
import { trunkOf } from './channel-name.ts';

/** The channels of trunks, recognized by name. Hanging one up ends the call for the phone at its other end. */
export class AriTrunkCalls implements TrunkCalls {
  readonly #ari: AriConnection;
  readonly #channels: Pick<CallChannels, 'hangUp' | 'variable' | 'progress'>;
  /** Trunks whose calls are about to be given up. */
  readonly #failed = new Set<string>();

  constructor(ari: AriConnection, channels: Pick<CallChannels, 'hangUp' | 'variable' | 'progress'>) {
    this.#ari = ari;
    this.#channels = channels;
  }

  async hangUp(trunk: string): Promise<number> {
    const channels = (await this.#all()).filter(({ name }) => trunkOf(name) === trunk);
    await Promise.all(channels.map(({ id }) => this.#end(id, cause.normalClearing)));
    return channels.length;
  }

  /**
   * Ends the calls to the peer of a trunk that has said nothing yet, not even that it rings, and sent no sound: as a
   * failure of the trunk, so that the next linked system is tried that has the number. PJSIP would wait for 32 s
   * (RFC 3261, timer B); chan_iax2 gives up by itself before. Many trunks that fail together take one request.
   */
  async giveUp(trunk: string): Promise<void> {
    this.#failed.add(trunk);
    if (this.#failed.size > 1) return;
    await setImmediate();
    const failed = new Set(this.#failed);
    this.#failed.clear();
    const silent = (await this.#all()).filter(({ name, state }) => {
      const trunk = trunkOf(name);
      return trunk !== undefined && failed.has(trunk) && name.startsWith('PJSIP/') && state === 'Down';
    });
    await Promise.all(
      silent.map(async ({ id }) => {
        if (!(await this.#isHeard(id))) await this.#end(id, cause.networkOutOfOrder);
      }),
    );
  }

  async list(): Promise<readonly string[]> {
    return [...new Set((await this.#all()).flatMap(({ name }) => trunkOf(name) ?? []))];
  }

  async #all(): Promise<readonly AriChannel[]> {
    return await this.#ari.call<readonly AriChannel[]>('channels', 'list');
  }

  /** Whether there was sound before an answer (183), of which the state of the trunk's channel tells nothing. */
  async #isHeard(channel: string): Promise<boolean> {
    try {
      const caller = await this.#channels.variable(channel, 'CHANNEL(linkedid)');
      return (await this.#channels.progress(caller)).rangAfterMs !== undefined;
    } catch (error) {
      if (isNotFound(error)) return false;
      throw error;
    }
  }

  /** A channel that has ended by itself meanwhile is what was wanted. */
  async #end(id: string, reason: HangupCause): Promise<void> {
    try {
      await this.#channels.hangUp(id, reason);
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  }
}
