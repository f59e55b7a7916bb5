import type { Failure } from '../domain/failure.ts';
import { within } from '../domain/within.ts';

/** Longer than a database that works ever takes for nothing. */
const pingTimeoutMs = 1000;

/** What calls need, and why it is not there; undefined where it is. */
export interface Readiness {
  readonly asterisk: Failure | undefined;
  readonly database: Failure | undefined;
}

export interface ReadinessDeps {
  readonly asterisk: () => Failure | undefined;
  /** Resolves when the database answers. */
  readonly pingDatabase: () => Promise<void>;
}

/** Finds out whether calls can be taken and placed. */
export class ReadinessCheck {
  readonly #deps: ReadinessDeps;
  /** One at a time, however many ask: a database that hangs is asked no more often than it times out. */
  #pinging: Promise<boolean> | undefined;

  constructor(deps: ReadinessDeps) {
    this.#deps = deps;
  }

  /** What is missing; nothing when calls can be taken and placed. */
  async reasons(): Promise<readonly Failure[]> {
    const { asterisk, database } = await this.check();
    return [asterisk, database].filter((failure) => failure !== undefined);
  }

  async check(): Promise<Readiness> {
    const answers = await within(pingTimeoutMs, this.#ping(), 'database').catch(() => false);
    return { asterisk: this.#deps.asterisk(), database: answers ? undefined : databaseSilent };
  }

  async #ping(): Promise<boolean> {
    this.#pinging ??= this.#deps
      .pingDatabase()
      .then(
        () => true,
        () => false,
      )
      .finally(() => (this.#pinging = undefined));
    return await this.#pinging;
  }
}

const databaseSilent: Failure = {
  code: 'database-unreachable',
  message: 'The database does not answer',
  remedy: 'Start the database; the service goes on by itself. Its log has the reason.',
};
