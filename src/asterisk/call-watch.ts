import type { CallRecorder } from '../calls/call-recorder.ts';
import type { CallRecord } from '../domain/call.ts';
import { cause, type HangupCause } from '../domain/hangup-cause.ts';
import { isNotFound } from './ari-errors.ts';
import type { CallChannels } from './call-channels.ts';
import type { CallProgress } from './call-progress.ts';
import { DelayedTasks } from './delayed-tasks.ts';

/** What becomes of a call sooner is told with its end. */
const firstAskMs = 500;
/** How late it may be known at most that a phone rings, or that a call was answered without ringing. */
const askMs = 1000;
/** How late it may be known at most that somebody answered after a phone rang; of a phone, the end tells when that was. */
const askRingingMs = 2000;
/** How late the end of an answered call may be known of which the dial plan could not tell. */
const checkMs = 60_000;

export interface CallWatchDeps {
  readonly channels: Pick<CallChannels, 'progress'>;
  readonly recorder: CallRecorder;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/**
 * Knows what becomes of calls that the dial plan carries on, without a subscription to their channels: with one, Asterisk
 * would write each step and each variable of a call for the service, at half the cost of the call itself. The dial plan
 * tells of the end of a call, and when it rang and a phone was answered; before that it is asked for while it matters.
 */
export class CallWatch {
  readonly #deps: CallWatchDeps;
  readonly #asks = new DelayedTasks();
  /** When the dial plan got each channel, by its id; milliseconds since the epoch. */
  readonly #sentAt = new Map<string, number>();
  /** Channels that were up before anybody was dialed for them. */
  readonly #upBefore = new Set<string>();

  constructor(deps: CallWatchDeps) {
    this.#deps = deps;
  }

  /** The dial plan has the call from now on. */
  sent(channel: string): void {
    this.#sentAt.set(channel, this.#deps.now());
    this.#askIn(firstAskMs, channel);
  }

  /** @param was that the channel is up tells nothing of this call: it is a transferred one, for example, and `Dial` has it */
  wasUpBefore(channel: string, was: boolean): void {
    if (was) this.#upBefore.add(channel);
    else this.#upBefore.delete(channel);
  }

  /** Takes up a call that was up before there was a connection to Asterisk. */
  resume(channel: string): void {
    this.#askIn(0, channel);
  }

  /** The dial plan tells how far a call has come. */
  told(channel: string, { up, joined, rangAfterMs, talkedMs = 0 }: CallProgress): void {
    const { recorder, now } = this.#deps;
    if (this.#upBefore.has(channel) ? joined : up) recorder.answered(channel, now() - talkedMs);
    const sentAt = this.#sentAt.get(channel);
    if (rangAfterMs !== undefined) {
      recorder.ringing(channel, sentAt === undefined ? now() : Math.min(sentAt + rangAfterMs, now()));
    }
  }

  /** The dial plan tells that a channel ends, or that is found out. Channels that are no call of ours are no error. */
  over(channel: string, ended: HangupCause): void {
    this.#deps.recorder.ended(channel, ended);
    this.#forget(channel);
  }

  #forget(channel: string): void {
    this.#sentAt.delete(channel);
    this.#upBefore.delete(channel);
  }

  #askIn(delayMs: number, channel: string, missing = false): void {
    this.#asks.schedule(channel, delayMs, () => this.#ask(channel, missing));
  }

  /** @param missing whether the channel was missing already: what the dial plan says of its end may be on its way */
  async #ask(channel: string, missing: boolean): Promise<void> {
    const { recorder, channels } = this.#deps;
    let gone = false;
    if (recorder.find(channel) !== undefined) {
      try {
        this.told(channel, await channels.progress(channel));
      } catch (error) {
        gone = isNotFound(error);
      }
    }
    if (gone && missing) this.over(channel, cause.normalClearing);
    const record = recorder.find(channel);
    if (record === undefined) this.#forget(channel);
    else this.#askIn(gone ? askMs : pauseAfter(record), channel, gone);
  }
}

function pauseAfter({ answeredAt, ringingAt }: CallRecord): number {
  if (answeredAt !== undefined) return checkMs;
  return ringingAt === undefined ? askMs : askRingingMs;
}
