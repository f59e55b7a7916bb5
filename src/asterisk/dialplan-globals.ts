import type { DialplanLocation } from '../domain/local-number.ts';
import type { Logger } from '../domain/logger.ts';
import type { AriConnection } from './ari-connection.ts';
import { locationText } from './call-channels.ts';
import { numberBlocks } from './number-blocks.ts';

/** The dial plan gives up after two that are missing. Not more often, since Asterisk writes each into its log. */
const heartbeatMs = 5000;

export interface DialplanSettings {
  /** Where numbers go that nobody has, while the service is away. */
  readonly notFound: () => DialplanLocation | undefined;
  /** This system's own numbers. */
  readonly numbers: () => readonly string[];
}

/**
 * Keeps the global variables that dialplan/interlinks.conf reads: IL_HEARTBEAT, seconds since the epoch, by which the
 * dial plan knows that the service is alive; IL_NOT_FOUND, where numbers go while it is not; and IL_OWN_…, the numbers
 * to which a call over an interlink may be transferred, with the list of these in IL_OWN_BLOCKS.
 */
export class DialplanGlobals {
  readonly #ari: AriConnection;
  readonly #settings: DialplanSettings;
  readonly #log: Logger;
  #timer: NodeJS.Timeout | undefined;

  constructor(ari: AriConnection, settings: DialplanSettings, log: Logger) {
    this.#ari = ari;
    this.#settings = settings;
    this.#log = log;
    ari.on('down', () => clearInterval(this.#timer));
  }

  /** Called at each connect, when all else is in place: from now on the dial plan hands calls over. */
  async start(): Promise<void> {
    await this.refresh();
    clearInterval(this.#timer);
    this.#timer = setInterval(() => void this.#beat(), heartbeatMs);
    await this.#beat();
  }

  /** Brings what depends on the settings up to date; to be called after they changed. Rejects while Asterisk is away. */
  async refresh(): Promise<void> {
    const location = this.#settings.notFound();
    await this.#set('IL_NOT_FOUND', location === undefined ? '' : locationText(location));
    const blocks = numberBlocks(this.#settings.numbers());
    const known = (await this.#get('IL_OWN_BLOCKS')).split('&');
    for (const block of new Set([...known, ...blocks.keys()])) {
      await this.#set(`IL_OWN_${block}`, blocks.get(block)?.join('&') ?? '');
    }
    await this.#set('IL_OWN_BLOCKS', [...blocks.keys()].join('&'));
  }

  /** The dial plan does without the service from now on. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    if (this.#ari.connected) await this.#set('IL_HEARTBEAT', '0').catch(() => undefined);
  }

  async #beat(): Promise<void> {
    try {
      // By Asterisk's own clock, which the dial plan compares it with; the two may run on different machines.
      await this.#set('IL_HEARTBEAT', await this.#get('EPOCH'));
    } catch (error) {
      this.#log.debug({ err: error }, 'heartbeat not taken by Asterisk');
    }
  }

  async #get(variable: string): Promise<string> {
    const { value } = await this.#ari.call<{ value: string }>('asterisk', 'getGlobalVar', { variable });
    return value;
  }

  async #set(variable: string, value: string): Promise<void> {
    await this.#ari.call('asterisk', 'setGlobalVar', { variable, value });
  }
}
