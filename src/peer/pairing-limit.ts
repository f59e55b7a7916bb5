import ipaddr from 'ipaddr.js';
import { RateLimiter, type RateLimit } from '../domain/rate-limiter.ts';

const ipv6SiteBytes = 8;

/** Keeps account of who asks to be paired in vain. */
export class PairingLimit {
  readonly #limiter: RateLimiter;
  readonly #now: () => number;

  /** @param now milliseconds on a clock that never goes back */
  constructor(limit: RateLimit, now: () => number) {
    this.#limiter = new RateLimiter(limit);
    this.#now = now;
  }

  /** Whether a request from an address is looked at. */
  allows(address: string): boolean {
    return this.#limiter.allows(siteOf(address), this.#now());
  }

  /** A request was refused. @returns true when no more of them are looked at for now */
  countRefused(address: string): boolean {
    return this.#limiter.charge(siteOf(address), this.#now());
  }
}

/** An IPv4 address, or the /64 of an IPv6 address, all of which one machine can use. */
function siteOf(address: string): string {
  if (!ipaddr.isValid(address)) return address;
  const parsed = ipaddr.process(address);
  return parsed.kind() === 'ipv4'
    ? parsed.toString()
    : Buffer.from(parsed.toByteArray()).toString('hex', 0, ipv6SiteBytes);
}
