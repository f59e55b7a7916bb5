import { Limiter } from '../domain/limiter.ts';
import type { AriConnection } from './ari-connection.ts';

export interface BridgeEventsDeps {
  readonly ari: Pick<AriConnection, 'on' | 'call'>;
  /** Name of the Stasis application. */
  readonly application: string;
}

/**
 * ChannelEnteredBridge and ChannelLeftBridge of every bridge in Asterisk, while somebody needs them: four for each call
 * take a tenth of what the whole call does.
 */
export class BridgeEvents {
  readonly #deps: BridgeEventsDeps;
  #needed = 0;
  #coming = false;
  /** How many connections to Asterisk have ended. */
  #ended = 0;
  /** One after the other: Asterisk may take two requests in either order. */
  readonly #changes = new Limiter(1);

  constructor(deps: BridgeEventsDeps) {
    this.#deps = deps;
    deps.ari.on('down', () => {
      this.#ended += 1;
      this.#coming = false;
    });
  }

  /**
   * Has the events come, until the connection to Asterisk ends.
   *
   * @returns once they come, what ends the need. Rejects when Asterisk does not send them
   */
  async need(): Promise<Disposable> {
    this.#needed += 1;
    let needed = true;
    const end = (): void => {
      if (!needed) return;
      needed = false;
      this.#needed -= 1;
      // Should it fail they come on, until the next time.
      this.#change().catch(() => undefined);
    };
    try {
      await this.#change();
    } catch (error) {
      end();
      throw error;
    }
    return { [Symbol.dispose]: end };
  }

  async #change(): Promise<void> {
    await this.#changes.run(async () => {
      const wanted = this.#needed > 0;
      if (wanted === this.#coming) return;
      const { ari, application: applicationName } = this.#deps;
      const operation = wanted ? 'subscribe' : 'unsubscribe';
      const ended = this.#ended;
      await ari.call('applications', operation, { applicationName, eventSource: 'bridge:' });
      if (ended !== this.#ended) throw new Error('the connection to Asterisk has ended');
      this.#coming = wanted;
    });
  }
}
