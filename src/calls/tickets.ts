import { randomBytes } from 'node:crypto';
import type { CallerIdentity } from '../domain/caller.ts';

/** How long a ticket waits for its call, by this system's clock. */
export const ticketLifetimeMs = 30_000;

/** What a ticket stands for. */
export interface TicketContent {
  readonly interlinkId: string;
  readonly number: string;
  readonly callId: string;
  readonly caller: CallerIdentity;
}

/** Why a ticket is refused, for log and metrics. The caller hears the same for each. */
export type TicketRefusal = 'missing' | 'unknown-or-used' | 'expired' | 'other-interlink' | 'other-number';

/** The tickets that are out. In memory: one that a restart loses costs a redial, and none can be used twice. */
export class TicketOffice {
  readonly #now: () => number;
  readonly #out = new Map<string, TicketContent & { readonly expiresAt: number }>();

  /** @param now milliseconds on a clock that never goes back */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** @returns 22 characters, 128 random bits in base64url */
  issue(content: TicketContent): string {
    this.#dropExpired();
    const ticket = randomBytes(16).toString('base64url');
    this.#out.set(ticket, { ...content, expiresAt: this.#now() + ticketLifetimeMs });
    return ticket;
  }

  /**
   * Takes a ticket in. It is spent even where it is refused, unless the interlink is another one: whoever came
   * over the wrong trunk must not be able to spoil a ticket that is not theirs.
   */
  redeem(ticket: string, call: { interlinkId: string; number: string }): TicketContent | TicketRefusal {
    if (ticket === '') return 'missing';
    const content = this.#out.get(ticket);
    if (content === undefined) return 'unknown-or-used';
    if (content.interlinkId !== call.interlinkId) return 'other-interlink';
    this.#out.delete(ticket);
    if (content.expiresAt <= this.#now()) return 'expired';
    if (content.number !== call.number) return 'other-number';
    return content;
  }

  /** Makes every ticket of an interlink worthless. */
  revoke(interlinkId: string): void {
    for (const [ticket, content] of this.#out) {
      if (content.interlinkId === interlinkId) this.#out.delete(ticket);
    }
  }

  /** Tickets are kept in the order of their expiry, so the expired ones come first. */
  #dropExpired(): void {
    const now = this.#now();
    for (const [ticket, { expiresAt }] of this.#out) {
      if (expiresAt + ticketLifetimeMs > now) return;
      this.#out.delete(ticket);
    }
  }
}
