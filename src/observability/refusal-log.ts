import ipaddr from 'ipaddr.js';
import type { Logger } from '../domain/logger.ts';
import { RateLimiter } from '../domain/rate-limiter.ts';
import type { RefusalReason, Refusals } from '../domain/refusal.ts';
import type { Metrics } from './metrics.ts';

const messages: Readonly<Record<RefusalReason, string>> = {
  'admin-host': 'admin request refused',
  'admin-token': 'admin request refused',
  'pairing-unproved': 'pairing request refused',
  'pairing-used': 'pairing request refused',
  'pairing-expired': 'pairing request refused',
  'peer-interlink': 'peer request refused',
  'peer-token': 'peer request refused',
  'trunk-no-interlink': 'call over a trunk refused',
  'trunk-too-many-calls': 'call over a trunk refused',
  'ticket-missing': 'call over a trunk refused',
  'ticket-unknown-or-used': 'call over a trunk refused',
  'ticket-expired': 'call over a trunk refused',
  'ticket-other-interlink': 'call over a trunk refused',
  'ticket-other-number': 'call over a trunk refused',
};

/** Lines for one address; refusals beyond it are counted, and write nothing. */
const linesOfOne = { burst: 20, perSecond: 1 / 120, maxKeys: 4096 };

/**
 * Writes a line for each refusal, and counts it. The lines are made for fail2ban: `remote` and `reason` come first and
 * in this form, before anything that a stranger wrote; monitoring/fail2ban/interlinks.conf relies on it.
 */
export class RefusalLog implements Refusals {
  readonly #log: Logger;
  readonly #metrics: Metrics;
  readonly #lines = new RateLimiter(linesOfOne);
  readonly #now: () => number;

  /** @param now milliseconds on a clock that never goes back */
  constructor(log: Logger, metrics: Metrics, now: () => number) {
    this.#log = log;
    this.#metrics = metrics;
    this.#now = now;
  }

  refused(reason: RefusalReason, remote: string | undefined, details: object = {}): boolean {
    this.#metrics.refused(reason);
    const address = addressOf(remote ?? '');
    const key = address ?? 'unknown';
    const now = this.#now();
    const told = this.#lines.allows(key, now);
    const last = this.#lines.charge(key, now);
    if (!told) return false;
    this.#log.warn(
      { ...(address !== undefined && { remote: address }), reason, ...details },
      messages[reason],
    );
    if (last) this.#log.warn('many refusals of one address; more are counted, and only a few written');
    return true;
  }
}

/** `192.0.2.1:5060`, `[2001:db8::1]:5060`, `::ffff:192.0.2.1` → the address alone, in its usual form. */
function addressOf(remote: string): string | undefined {
  const [, bracketed, plain] = /^\[([^\]]*)\](?::\d+)?$|^([\d.]+)(?::\d+)?$/.exec(remote) ?? [];
  const address = bracketed ?? plain ?? remote;
  return ipaddr.isValid(address) ? ipaddr.process(address).toString() : undefined;
}
