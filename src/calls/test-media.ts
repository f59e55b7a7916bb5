import { setTimeout as delay } from 'node:timers/promises';
import type { HangupCause } from '../domain/hangup-cause.ts';
import type { ActiveInterlink } from '../domain/interlink.ts';
import type { MediaFigures, MediaOutcome } from '../domain/media-figures.ts';
import type { MediaReader } from './media-tests.ts';

/** As long as both ends send before they count. */
const soundMs = 2000;

/** Port: the peer's side of a media test. */
export interface MediaTestPeer {
  beginMediaTest(interlink: ActiveInterlink): Promise<
    | { readonly kind: 'ready'; readonly ticket: string }
    /** There were too many tests lately. */
    | { readonly kind: 'busy' }
    /** It is older than media tests. */
    | { readonly kind: 'unsupported' }
    | { readonly kind: 'failed'; readonly reason: string }
  >;
  /** @returns undefined when it cannot say */
  reportMedia(interlink: ActiveInterlink, ticket: string): Promise<MediaFigures | undefined>;
}

/** A test call that was answered. */
export interface TestCall {
  /** The channel of the trunk. */
  readonly channel: string;
  end(): Promise<void>;
}

/** Port: test calls of this side's Asterisk. */
export interface TestCaller extends MediaReader {
  /** Whether Asterisk is there to call. */
  readonly ready: boolean;
  /** Calls over a trunk and sends a tone. @returns why the call ended when it was not answered; undefined: not known */
  call(
    interlink: ActiveInterlink,
    ticket: string,
  ): Promise<TestCall | { readonly ended: HangupCause | undefined }>;
}

/** The calling side of media tests: one at a time for each interlink. */
export class TestMedia {
  readonly #peer: MediaTestPeer;
  readonly #caller: TestCaller;
  readonly #underWay = new Set<string>();

  constructor(peer: MediaTestPeer, caller: TestCaller) {
    this.#peer = peer;
    this.#caller = caller;
  }

  /** Lets both sides send a tone to each other over the trunk, and asks each what arrived. Takes about 3 s. */
  async run(interlink: ActiveInterlink): Promise<MediaOutcome> {
    if (!this.#caller.ready) return { kind: 'no-asterisk' };
    if (this.#underWay.has(interlink.id)) return { kind: 'under-way' };
    this.#underWay.add(interlink.id);
    try {
      return await this.#measure(interlink);
    } finally {
      this.#underWay.delete(interlink.id);
    }
  }

  async #measure(interlink: ActiveInterlink): Promise<MediaOutcome> {
    const begun = await this.#peer.beginMediaTest(interlink);
    if (begun.kind !== 'ready') return begun;
    const call = await this.#caller.call(interlink, begun.ticket);
    if ('ended' in call) return { kind: 'unanswered', cause: call.ended };
    try {
      await delay(soundMs);
      const [here, there] = await Promise.all([
        this.#caller.figures(call.channel),
        this.#peer.reportMedia(interlink, begun.ticket),
      ]);
      return here === undefined ? { kind: 'call-lost' } : { kind: 'measured', here, there };
    } finally {
      await call.end();
    }
  }
}
