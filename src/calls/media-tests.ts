import { randomBytes } from 'node:crypto';
import type { ActiveInterlink } from '../domain/interlink.ts';
import type { MediaFigures } from '../domain/media-figures.ts';
import { RateLimiter } from '../domain/rate-limiter.ts';

const lifetimeMs = 30_000;
const perInterlink = { burst: 3, perSecond: 0.1, maxKeys: 10_000 };
/** Test calls of all peers together. */
const atOnce = 4;

/** Port: what this side's Asterisk tells of a channel of a trunk. */
export interface MediaReader {
  /** @returns undefined when the channel has ended */
  figures(channel: string): Promise<MediaFigures | undefined>;
}

interface MediaTest {
  readonly interlinkId: string;
  readonly expiresAt: number;
  /** The channel of the test call, once it has come. */
  channel: string | undefined;
}

/**
 * The answering side of media tests. A peer is given a ticket for one test call over its own interlink, which rings
 * nobody: it hears a tone for a few seconds. Then the peer asks what arrived here.
 */
export class MediaTests {
  readonly #now: () => number;
  readonly #reader: MediaReader;
  readonly #limiter = new RateLimiter(perInterlink);
  readonly #tests = new Map<string, MediaTest>();

  /** @param now milliseconds on a clock that never goes back */
  constructor(now: () => number, reader: MediaReader) {
    this.#now = now;
    this.#reader = reader;
  }

  /** @returns a ticket as for a call; undefined when there were too many tests lately */
  begin({ id }: ActiveInterlink): string | undefined {
    const now = this.#now();
    for (const [ticket, { expiresAt }] of this.#tests) if (expiresAt <= now) this.#tests.delete(ticket);
    if (this.#tests.size >= atOnce || !this.#limiter.allows(id, now)) return undefined;
    this.#limiter.charge(id, now);
    const ticket = randomBytes(16).toString('base64url');
    this.#tests.set(ticket, { interlinkId: id, expiresAt: now + lifetimeMs, channel: undefined });
    return ticket;
  }

  /** A call has come over a trunk. @returns whether it is a test call, the first with its ticket */
  takes({ id }: ActiveInterlink, ticket: string, channel: string): boolean {
    const test = this.#tests.get(ticket);
    if (test === undefined || test.interlinkId !== id || test.channel !== undefined) return false;
    if (test.expiresAt <= this.#now()) return false;
    test.channel = channel;
    return true;
  }

  /** What arrived here of a test call; the test is over with this. @returns undefined when no such call is up */
  async report({ id }: ActiveInterlink, ticket: string): Promise<MediaFigures | undefined> {
    const test = this.#tests.get(ticket);
    if (test === undefined || test.interlinkId !== id) return undefined;
    this.#tests.delete(ticket);
    return test.channel === undefined ? undefined : await this.#reader.figures(test.channel);
  }
}
