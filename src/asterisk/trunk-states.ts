import type { TrunkState } from '../interlinks/trunk-provisioner.ts';
import type { AriConnection } from './ari-connection.ts';
import { isNotFound } from './ari-errors.ts';
import { DelayedTasks } from './delayed-tasks.ts';

/** A new trunk that does not answer so long is down: it is asked within 1 s, and has 2 s. */
const firstAnswerMs = 3500;
/** How late it may be known at most that the peer of a trunk with calls is gone. */
const busyMs = 2000;

/** Source: Asterisk's rest-api/api-docs/endpoints.json. */
interface Endpoint {
  /** `online`, `offline` or `unknown`. */
  readonly state: string;
  readonly channel_ids: readonly string[];
}

interface Watched {
  /** By the monotonic clock. */
  readonly since: number;
  state: TrunkState;
  /** Whether it may have calls, so that it is looked at. */
  busy: boolean;
}

/**
 * Whether the peers of PJSIP trunks answer. Asterisk tells it by their device state, except while calls are up, when
 * that says so instead and the endpoint is looked at. A subscription to the endpoint would tell it too, and bring every
 * step of every call over it along.
 */
export class TrunkStates {
  readonly #ari: AriConnection;
  readonly #application: string;
  readonly #onState: (trunk: string, state: TrunkState) => void;
  readonly #watched = new Map<string, Watched>();
  readonly #looks = new DelayedTasks();

  /**
   * @param application name of the Stasis application
   * @param onState called when a trunk's peer begins or ceases to answer
   */
  constructor(ari: AriConnection, application: string, onState: (trunk: string, state: TrunkState) => void) {
    this.#ari = ari;
    this.#application = application;
    this.#onState = onState;
    ari.on('down', () => this.#watched.clear());
    ari.on('DeviceStateChanged', ({ device_state: { name, state } }) => {
      if (name.startsWith('PJSIP/')) this.#changed(name.slice('PJSIP/'.length), state);
    });
  }

  /** A trunk was made, or made anew. */
  async watch(trunk: string): Promise<void> {
    this.#watched.set(trunk, { since: performance.now(), state: 'unknown', busy: false });
    await this.#ari.call('applications', 'subscribe', {
      applicationName: this.#application,
      eventSource: `deviceState:PJSIP/${trunk}`,
    });
    // What changed before the subscription was not told, nor is it that a new trunk never answers.
    await this.#look(trunk);
    if (this.#watched.get(trunk)?.state === 'unknown') this.#lookIn(firstAnswerMs, trunk);
  }

  forget(trunk: string): void {
    this.#watched.delete(trunk);
  }

  #changed(trunk: string, deviceState: string): void {
    const watched = this.#watched.get(trunk);
    if (watched === undefined) return;
    if (deviceState === 'NOT_INUSE') this.#saw(trunk, 'up');
    else if (deviceState === 'UNAVAILABLE' || deviceState === 'INVALID') this.#saw(trunk, 'down');
    else if (!watched.busy) {
      watched.busy = true;
      this.#lookIn(busyMs, trunk);
    }
  }

  #lookIn(delayMs: number, trunk: string): void {
    this.#looks.schedule(trunk, delayMs, () => this.#look(trunk));
  }

  async #look(trunk: string): Promise<void> {
    const endpoint = await this.#ari
      .call<Endpoint>('endpoints', 'get', { tech: 'PJSIP', resource: trunk })
      .catch((error: unknown) => (isNotFound(error) ? lost : undefined));
    const watched = this.#watched.get(trunk);
    if (watched === undefined) return;
    // Otherwise nothing is known; of the end of the connection others tell.
    if (endpoint !== undefined) this.#saw(trunk, endpoint.state === 'online' ? 'up' : 'down');
    watched.busy = endpoint === undefined || endpoint.channel_ids.length > 0;
    if (watched.busy) this.#lookIn(busyMs, trunk);
  }

  #saw(trunk: string, state: TrunkState): void {
    const watched = this.#watched.get(trunk);
    if (watched === undefined) return;
    const early = watched.state === 'unknown' && performance.now() - watched.since < firstAnswerMs;
    if (state === watched.state || (state === 'down' && early)) return;
    watched.state = state;
    this.#onState(trunk, state);
  }
}

/** A trunk that Asterisk has no more. */
const lost: Endpoint = { state: 'offline', channel_ids: [] };
