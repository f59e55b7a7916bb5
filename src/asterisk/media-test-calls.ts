import { randomUUID } from 'node:crypto';
import type { MediaReader } from '../calls/media-tests.ts';
import type { TestCall, TestCaller } from '../calls/test-media.ts';
import { cause, type HangupCause } from '../domain/hangup-cause.ts';
import { technologyOf, trunkName, type ActiveInterlink } from '../domain/interlink.ts';
import type { MediaFigures } from '../domain/media-figures.ts';
import type { AriConnection } from './ari-connection.ts';
import type { AriChannel, BridgeChange, ChannelDestroyed, StasisStart } from './ari-events.ts';
import type { BridgeEvents } from './bridge-events.ts';

/** As long as the other side has to answer; seconds. */
const answerSeconds = 6;
/** The number does not matter, the ticket does. */
const number = '0';

interface Answer extends Disposable {
  /** @returns the channel that answered, or why none did, if that is known */
  outcome(): Promise<string | HangupCause | undefined>;
}

/** Test calls in this system's Asterisk. They take the same way as calls: the dial plan dials the trunk. */
export class MediaTestCalls implements TestCaller, MediaReader {
  readonly #ari: AriConnection;
  readonly #bridges: Pick<BridgeEvents, 'need'>;
  readonly #application: string;

  /** @param application name of the Stasis application that is told of them */
  constructor(ari: AriConnection, bridges: Pick<BridgeEvents, 'need'>, application: string) {
    this.#ari = ari;
    this.#bridges = bridges;
    this.#application = application;
  }

  get ready(): boolean {
    return this.#ari.ready;
  }

  async call(
    { id, trunkKind }: ActiveInterlink,
    ticket: string,
  ): Promise<TestCall | { ended: HangupCause | undefined }> {
    const own = `media-test-${randomUUID()}`;
    const dialing = `${own}-2`;
    using _joined = await this.#bridges.need();
    using answer = this.#awaitAnswer(own, dialing);
    await this.#ari.call<AriChannel>('channels', 'originate', {
      endpoint: `Local/${number}@interlinks-dial-${technologyOf(trunkKind)}/n`,
      channelId: own,
      otherChannelId: dialing,
      context: 'interlinks-probe',
      extension: 's',
      priority: 1,
      timeout: answerSeconds,
      variables: { IL_TRUNK: trunkName(id), IL_TICKET: ticket },
    });
    const end = (): Promise<void> => this.#end(own);
    // A call that has ended meanwhile is noticed by the time that passes.
    await this.#ari
      .call('applications', 'subscribe', {
        applicationName: this.#application,
        eventSource: `channel:${own}`,
      })
      .catch(() => undefined);
    const outcome = await answer.outcome();
    if (typeof outcome === 'string') return { channel: outcome, end };
    await end();
    return { ended: outcome };
  }

  async figures(channelId: string): Promise<MediaFigures | undefined> {
    const statistics = await this.#ari
      .call<{ rxcount: number; txcount: number }>('channels', 'rtpstatistics', { channelId })
      .catch(() => undefined);
    const codec = await this.#variable(channelId, 'CHANNEL(audionativeformat)');
    if (codec === undefined) return undefined;
    return {
      received: statistics?.rxcount,
      sent: statistics?.txcount,
      target: (await this.#variable(channelId, 'CHANNEL(rtp,dest)')) || undefined,
      codec: codec.replaceAll(/[()]/g, ''),
    };
  }

  /** Follows what comes of a test call, from before it begins. */
  #awaitAnswer(own: string, dialing: string): Answer {
    const { promise, resolve } = Promise.withResolvers<string | HangupCause | undefined>();
    // An answered call is joined with the channel that dialed it.
    const onEntered = ({ bridge: { channels } }: BridgeChange): void => {
      const other = channels.includes(dialing) ? channels.find((id) => id !== dialing) : undefined;
      if (other !== undefined) resolve(other);
    };
    // A trunk that failed comes back to the service, see interlinks-again; of another end interlinks-report tells.
    const onStart = ({ channel, args: [mode, first, second] }: StasisStart): void => {
      const ended = mode === 'over' ? first : second;
      if (channel.id === dialing) resolve(Number(ended) || cause.networkOutOfOrder);
    };
    const onDestroyed = (event: ChannelDestroyed): void => {
      if (event.channel.id === own) resolve(event.cause);
    };
    this.#ari
      .on('ChannelEnteredBridge', onEntered)
      .on('StasisStart', onStart)
      .on('ChannelDestroyed', onDestroyed);
    return {
      outcome: async () => {
        const timer = setTimeout(() => resolve(undefined), answerSeconds * 1000);
        return await promise.finally(() => clearTimeout(timer));
      },
      [Symbol.dispose]: () => {
        this.#ari
          .off('ChannelEnteredBridge', onEntered)
          .off('StasisStart', onStart)
          .off('ChannelDestroyed', onDestroyed);
      },
    };
  }

  /** @returns undefined when the channel has ended */
  async #variable(channelId: string, variable: string): Promise<string | undefined> {
    try {
      const { value } = await this.#ari.call<{ value: string }>('channels', 'getChannelVar', {
        channelId,
        variable,
      });
      return value;
    } catch {
      return undefined;
    }
  }

  /** Where it cannot be ended, it ends by itself after some seconds. */
  async #end(channelId: string): Promise<void> {
    await this.#ari.call('channels', 'hangup', { channelId }).catch(() => undefined);
  }
}
