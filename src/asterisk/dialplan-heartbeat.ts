import type { Logger } from '../domain/logger.ts';
import type { AriConnection } from './ari-connection.ts';

/** The dial plan gives up after two that are missing. Not more often, since Asterisk writes each into its log. */
const heartbeatMs = 5000;

/** Keeps the global variable IL_HEARTBEAT, seconds since the epoch, by which the dial plan knows that the service is alive. */
export class DialplanHeartbeat {
  readonly #ari: AriConnection;
  readonly #log: Logger;
  #timer: NodeJS.Timeout | undefined;

  constructor(ari: AriConnection, log: Logger) {
    this.#ari = ari;
    this.#log = log;
    ari.on('down', () => clearInterval(this.#timer));
  }

  /** Called at each connect, when all else is in place: from now on the dial plan hands calls over. */
  async start(): Promise<void> {
    clearInterval(this.#timer);
    this.#timer = setInterval(() => void this.#beat(), heartbeatMs);
    await this.#beat();
  }

  /** The dial plan does without the service from now on. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    if (this.#ari.connected) await this.#set('0').catch(() => undefined);
  }

  async #beat(): Promise<void> {
    try {
      // By Asterisk's own clock, which the dial plan compares it with; the two may run on different machines.
      const { value } = await this.#ari.call<{ value: string }>('asterisk', 'getGlobalVar', {
        variable: 'EPOCH',
      });
      await this.#set(value);
    } catch (error) {
      this.#log.debug({ err: error }, 'heartbeat not taken by Asterisk');
    }
  }

  async #set(value: string): Promise<void> {
    await this.#ari.call('asterisk', 'setGlobalVar', { variable: 'IL_HEARTBEAT', value });
  }
}
