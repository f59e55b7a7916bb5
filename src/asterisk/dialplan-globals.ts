import type { DialplanLocation } from '../domain/local-number.ts';
import type { Logger } from '../domain/logger.ts';
import type { AriConnection } from './ari-connection.ts';
import { locationText } from './call-channels.ts';

/** The dial plan gives up after two that are missing. Not more often, since Asterisk writes each into its log. */
const HEARTBEAT_MS = 5000;

/**
 * Keeps the global variables that dialplan/interlinks.conf reads: IL_HEARTBEAT, seconds since the epoch, by which the
 * dial plan knows that the service is alive, and IL_NOT_FOUND, where numbers go while it is not.
 */
export class DialplanGlobals {
  readonly #ari: AriConnection;
  readonly #notFound: () => DialplanLocation | undefined;
  readonly #log: Logger;
  #timer: NodeJS.Timeout | undefined;

  constructor(ari: AriConnection, notFound: () => DialplanLocation | undefined, log: Logger) {
    this.#ari = ari;
    this.#notFound = notFound;
    this.#log = log;
    ari.on('down', () => clearInterval(this.#timer));
  }

  /** Called at each connect, when all else is in place: from now on the dial plan hands calls over. */
  async start(): Promise<void> {
    const location = this.#notFound();
    await this.#set('IL_NOT_FOUND', location === undefined ? '' : locationText(location));
    clearInterval(this.#timer);
    this.#timer = setInterval(() => void this.#beat(), HEARTBEAT_MS);
    await this.#beat();
  }

  /** The dial plan does without the service from now on. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    if (this.#ari.connected) await this.#set('IL_HEARTBEAT', '0').catch(() => undefined);
  }

  async #beat(): Promise<void> {
    await this.#set('IL_HEARTBEAT', String(Math.floor(Date.now() / 1000))).catch((error: unknown) => {
      this.#log.debug({ err: error }, 'heartbeat not taken by Asterisk');
    });
  }

  async #set(variable: string, value: string): Promise<void> {
    await this.#ari.call('asterisk', 'setGlobalVar', { variable, value });
  }
}
