import { Limiter } from '../domain/limiter.ts';
import type { AriConnection } from './ari-connection.ts';

export interface BridgeEventsDeps {
  readonly ari: Pick<AriConnection, 'call'>;
  /** Name of the Stasis application. */
  readonly application: string;
}

/** Source: Asterisk's rest-api/api-docs/applications.json. */
interface Application {
  /** Bridges that it is subscribed to. */
  readonly bridge_ids: readonly string[];
}

/**
 * ChannelEnteredBridge and ChannelLeftBridge of every bridge in Asterisk, while somebody needs them: they cost a good part
 * of a call. Asterisk keeps a subscription when the connection ends that asked for it.
 */
export class BridgeEvents {
  readonly #deps: BridgeEventsDeps;
  /** One after the other: Asterisk may take two requests in either order. */
  readonly #requests = new Limiter(1);
  #needed = 0;

  constructor(deps: BridgeEventsDeps) {
    this.#deps = deps;
  }

  /**
   * Asks for the events, also where others need them already: what was asked before may have been lost.
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
      // Should it fail, they come on.
      if (this.#needed === 0) this.#unsubscribe().catch(() => undefined);
    };
    try {
      await this.#requests.run(() => this.#ask('subscribe', 'bridge:'));
    } catch (error) {
      end();
      throw error;
    }
    return { [Symbol.dispose]: end };
  }

  /** Asterisk does not take `bridge:` here: all bridges have a name of their own among those of the application. */
  async #unsubscribe(): Promise<void> {
    await this.#requests.run(async () => {
      if (this.#needed > 0) return;
      const { ari, application: applicationName } = this.#deps;
      const { bridge_ids: ids } = await ari.call<Application>('applications', 'get', { applicationName });
      for (const id of ids) await this.#ask('unsubscribe', `bridge:${id}`);
    });
  }

  async #ask(operation: 'subscribe' | 'unsubscribe', eventSource: string): Promise<void> {
    const { ari, application: applicationName } = this.#deps;
    await ari.call('applications', operation, { applicationName, eventSource });
  }
}
