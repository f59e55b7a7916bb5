import type { TrunkState } from '../interlinks/trunk-provisioner.ts';
import type { AriConnection } from './ari-connection.ts';
import { isNotFound } from './ari-errors.ts';
import { DelayedTasks } from './delayed-tasks.ts';

const usualMs = 2000;
/** While there is a trunk of which nothing is known yet. */
const newMs = 250;
/** A new trunk that does not answer so long is down: it is asked within 1 s, and has 2 s. */
const firstAnswerMs = 3500;
const look = 'look';

/** Source: Asterisk's rest-api/api-docs/endpoints.json. */
interface Endpoint {
  readonly resource: string;
  /** `online`, `offline` or `unknown`. */
  readonly state: string;
}

/**
 * Whether the peers of PJSIP trunks answer, by looking. A subscription to an endpoint would bring every step of every
 * call over it along.
 */
export class TrunkStates {
  readonly #ari: AriConnection;
  readonly #onState: (trunk: string, state: TrunkState) => void;
  readonly #watched = new Map<string, { readonly since: number; state: TrunkState }>();
  readonly #looks = new DelayedTasks();

  /** @param onState called when a trunk's peer begins or ceases to answer */
  constructor(ari: AriConnection, onState: (trunk: string, state: TrunkState) => void) {
    this.#ari = ari;
    this.#onState = onState;
    ari.on('down', () => this.#watched.clear());
  }

  /** A trunk was made, or made anew. */
  watch(trunk: string): void {
    this.#watched.set(trunk, { since: performance.now(), state: 'unknown' });
    this.#looks.schedule(look, newMs, () => this.#look());
  }

  forget(trunk: string): void {
    this.#watched.delete(trunk);
  }

  async #look(): Promise<void> {
    const endpoints = await this.#ari
      .call<readonly Endpoint[]>('endpoints', 'listByTech', { tech: 'PJSIP' })
      // Otherwise nothing is known; of the end of the connection others tell.
      .catch((error: unknown) => (isNotFound(error) ? [] : undefined));
    if (endpoints !== undefined) {
      const states = new Map(endpoints.map(({ resource, state }) => [resource, state]));
      for (const trunk of this.#watched.keys()) this.#saw(trunk, states.get(trunk));
    }
    if (this.#watched.size === 0) return;
    const unknown = [...this.#watched.values()].some(({ state }) => state === 'unknown');
    this.#looks.schedule(look, unknown ? newMs : usualMs, () => this.#look());
  }

  /** @param endpointState none where Asterisk has lost the trunk */
  #saw(trunk: string, endpointState: string | undefined): void {
    const watched = this.#watched.get(trunk);
    if (watched === undefined) return;
    const state = endpointState === 'online' ? 'up' : 'down';
    const early = watched.state === 'unknown' && performance.now() - watched.since < firstAnswerMs;
    if (state === watched.state || (state === 'down' && early)) return;
    watched.state = state;
    this.#onState(trunk, state);
  }
}
