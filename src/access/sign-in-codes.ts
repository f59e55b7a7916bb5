import { randomBytes } from 'node:crypto';

const validMs = 5 * 60_000;

export interface SignInCode {
  readonly code: string;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

/** Codes that open one session each. Those not used are gone with a restart. */
export class SignInCodes {
  readonly #now: () => number;
  readonly #offered = new Map<string, { user: string; expiresAt: number }>();

  constructor(now: () => number) {
    this.#now = now;
  }

  make(user: string): SignInCode {
    for (const [code, { expiresAt }] of this.#offered) {
      if (expiresAt <= this.#now()) this.#offered.delete(code);
    }
    const code = randomBytes(32).toString('base64url');
    const expiresAt = this.#now() + validMs;
    this.#offered.set(code, { user, expiresAt });
    return { code, expiresAt };
  }

  /** @returns the user of a code that is good; it is used up by that */
  take(code: string): string | undefined {
    const offered = this.#offered.get(code);
    this.#offered.delete(code);
    return offered === undefined || offered.expiresAt <= this.#now() ? undefined : offered.user;
  }
}
