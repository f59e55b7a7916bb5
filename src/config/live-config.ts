import { NumberPlan } from '../domain/number-plan.ts';
import type { Config } from './config.ts';

export interface ConfigChange {
  readonly before: Config;
  readonly after: Config;
}

/** What a subscriber returns is waited for before a change is called done. */
export type ConfigListener = (change: ConfigChange) => void | Promise<void>;

/**
 * The configuration in force. Parts ask it each time and keep nothing of it; those that must act on a change
 * subscribe.
 */
export class LiveConfig {
  #current: Config;
  #plan: NumberPlan;
  readonly #listeners = new Set<ConfigListener>();

  constructor(config: Config) {
    this.#current = config;
    this.#plan = planOf(config);
  }

  get current(): Config {
    return this.#current;
  }

  /** The numbers and dialing rules of the configuration in force. */
  get plan(): NumberPlan {
    return this.#plan;
  }

  /**
   * Puts a configuration in force, at once, and tells the subscribers.
   * @returns when all of them have acted on it
   */
  async replace(after: Config): Promise<void> {
    const before = this.#current;
    this.#plan = planOf(after);
    this.#current = after;
    await Promise.all([...this.#listeners].map(async (listener) => listener({ before, after })));
  }

  /** @returns ends the subscription */
  subscribe(listener: ConfigListener): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }
}

function planOf({ numbers, dialing, emergency }: Config): NumberPlan {
  const { min, max, ownPrefix } = dialing;
  return new NumberPlan(numbers, { min, max, emergency, ownPrefix });
}
