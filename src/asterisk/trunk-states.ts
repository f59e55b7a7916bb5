import type { TrunkState } from '../interlinks/trunk-provisioner.ts';
import type { AriConnection } from './ari-connection.ts';
import { DelayedTasks } from './delayed-tasks.ts';

const usualMs = 2000;
/** While there is a trunk of which nothing is known yet. */
const newMs = 250;
/** A new trunk that does not answer so long is down: it is asked within 1 s, and has 2 s. */
const firstAnswerMs = 3500;
const look = 'look';

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
    // Where that fails, nothing is known; the end of the connection is told of by others.
    const endpoints = await this.#ari
      .call<readonly { resource: string; state: string }[]>('endpoints', 'listByTech', { tech: 'PJSIP' })
      .catch(() => []);
    for (const { resource, state } of endpoints) this.#saw(resource, state);
    if (this.#watched.size === 0) return;
    const unknown = [...this.#watched.values()].some(({ state }) => state === 'unknown');
    this.#looks.schedule(look, unknown ? newMs : usualMs, () => this.#look());
  }

  #saw(trunk: string, endpointState: string): void {
    const watched = this.#watched.get(trunk);
    if (watched === undefined) return;
    const state = endpointState === 'online' ? 'up' : 'down';
    const early = watched.state === 'unknown' && performance.now() - watched.since < firstAnswerMs;
    if (state === watched.state || (state === 'down' && early)) return;
    watched.state = state;
    this.#onState(trunk, state);
  }
}
