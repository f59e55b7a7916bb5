import type { Logger } from '../domain/logger.ts';
import type { AriConnection } from './ari-connection.ts';

/** The dial plan gives up after two that are missing. Not more often, since Asterisk writes each into its log. */
const heartbeatMs = 5000;
/** After one that did not arrive, for instance over a connection that Asterisk had given up while it stood still. */
const againMs = 500;

/** Keeps the global variable IL_HEARTBEAT, seconds since the epoch, by which the dial plan knows that the service is alive. */
export class DialplanHeartbeat {
  readonly #ari: Pick<AriConnection, 'call' | 'connected' | 'on'>;
  readonly #log: Pick<Logger, 'debug'>;
  #timer: NodeJS.Timeout | undefined;
  /** Differs from start to start, so that a heartbeat under way knows that it was the last one. */
  #run = 0;

  constructor(ari: Pick<AriConnection, 'call' | 'connected' | 'on'>, log: Pick<Logger, 'debug'>) {
    this.#ari = ari;
    this.#log = log;
    ari.on('down', () => void this.#end());
  }

  /** Called at each connect: from now on the dial plan hands calls over. */
  async start(): Promise<void> {
    await this.#beat(this.#end());
  }

  /** The dial plan does without the service from now on. */
  async stop(): Promise<void> {
    this.#end();
    if (this.#ari.connected) await this.#set('0').catch(() => undefined);
  }

  /** @returns the number of the next run */
  #end(): number {
    clearTimeout(this.#timer);
    this.#run += 1;
    return this.#run;
  }

  async #beat(run: number): Promise<void> {
    const taken = await this.#tell(run);
    if (run !== this.#run) return;
    this.#timer = setTimeout(() => void this.#beat(run), taken ? heartbeatMs : againMs);
  }

  async #tell(run: number): Promise<boolean> {
    try {
      // By Asterisk's own clock, which the dial plan compares it with; the two may run on different machines.
      const { value } = await this.#ari.call<{ value: string }>('asterisk', 'getGlobalVar', {
        variable: 'EPOCH',
      });
      if (run === this.#run) await this.#set(value);
      return true;
    } catch (error) {
      this.#log.debug({ err: error }, 'heartbeat not taken by Asterisk');
      return false;
    }
  }

  async #set(value: string): Promise<void> {
    await this.#ari.call('asterisk', 'setGlobalVar', { variable: 'IL_HEARTBEAT', value });
  }
}
