import type { TrunkState } from '../interlinks/trunk-provisioner.ts';
import type { AriConnection } from './ari-connection.ts';
import { isNotFound } from './ari-errors.ts';

/** A new trunk that does not answer so long is down: it is asked within 1 s, and has 2 s. */
const firstAnswerMs = 3500;
/** How late it may be known at most what no device state has told. */
const lookEveryMs = 2000;

/** Source: Asterisk's rest-api/api-docs/endpoints.json. */
export interface Endpoint {
  readonly resource: string;
  /** `online`, `offline` or `unknown`. */
  readonly state: string;
}

export interface TrunkListener {
  /** A trunk's peer begins or ceases to answer. */
  readonly onState: (trunk: string, state: TrunkState) => void;
  /** Asterisk does not show a trunk that was made: it has to be made anew. */
  readonly onMissing: (trunk: string) => void;
}

interface Watched {
  /** By the monotonic clock. */
  readonly since: number;
  /** When Asterisk listed it last, or was asked to make it. */
  listedAt: number;
  /** When its device state told something last. */
  toldAt: number;
  state: TrunkState;
}

/**
 * Whether the peers of PJSIP trunks answer. Their device states tell it at once, but not while calls are up, and not
 * always: Asterisk works a device state out from what it knows of the endpoint, which under load is late. So all
 * endpoints are looked at besides, every two seconds. A subscription to the endpoints would tell it too, and bring every
 * step of every call over them along. Where Asterisk loses sight of an endpoint that was just deleted and made anew
 * (seen with 22.10 and 1,000 of them), both say for ever that it does not answer.
 */
export class TrunkStates {
  readonly #ari: AriConnection;
  readonly #application: string;
  readonly #told: TrunkListener;
  readonly #watched = new Map<string, Watched>();
  #looking: NodeJS.Timeout | undefined;

  /** @param application name of the Stasis application */
  constructor(ari: AriConnection, application: string, told: TrunkListener) {
    this.#ari = ari;
    this.#application = application;
    this.#told = told;
    ari.on('down', () => this.#forgetAll());
    ari.on('DeviceStateChanged', ({ device_state: { name, state } }) => {
      if (name.startsWith('PJSIP/')) this.#changed(name.slice('PJSIP/'.length), state);
    });
  }

  /** A trunk was made, or made anew. */
  async watch(trunk: string): Promise<void> {
    const now = performance.now();
    this.#watched.set(trunk, { since: now, listedAt: now, toldAt: now, state: 'unknown' });
    await this.#ari.call('applications', 'subscribe', {
      applicationName: this.#application,
      eventSource: `deviceState:PJSIP/${trunk}`,
    });
    this.#looking ??= setInterval(() => void this.#look(), lookEveryMs).unref();
  }

  forget(trunk: string): void {
    this.#watched.delete(trunk);
    if (this.#watched.size === 0) this.#forgetAll();
  }

  #forgetAll(): void {
    this.#watched.clear();
    clearInterval(this.#looking);
    this.#looking = undefined;
  }

  #changed(trunk: string, deviceState: string): void {
    const watched = this.#watched.get(trunk);
    const state = stateOf(deviceState);
    if (watched === undefined || state === 'unknown') return;
    watched.toldAt = performance.now();
    this.#saw(trunk, watched, state);
  }

  /** Of what happens meanwhile, the answer may not know yet. That there is none, others tell. */
  async #look(): Promise<void> {
    const askedAt = performance.now();
    const endpoints = await this.#ari
      .call<readonly Endpoint[]>('endpoints', 'listByTech', { tech: 'PJSIP' })
      .catch((error: unknown) => (isNotFound(error) ? [] : undefined));
    if (endpoints === undefined) return;
    const states = new Map(endpoints.map(({ resource, state }) => [resource, state]));
    for (const [trunk, watched] of this.#watched) {
      if (watched.toldAt < askedAt) this.#saw(trunk, watched, states.get(trunk) === 'online' ? 'up' : 'down');
      if (states.has(trunk)) watched.listedAt = askedAt;
      else if (askedAt - watched.listedAt >= firstAnswerMs) {
        watched.listedAt = askedAt;
        this.#told.onMissing(trunk);
      }
    }
  }

  #saw(trunk: string, watched: Watched, state: TrunkState): void {
    const early = watched.state === 'unknown' && performance.now() - watched.since < firstAnswerMs;
    if (state === watched.state || (state === 'down' && early)) return;
    watched.state = state;
    this.#told.onState(trunk, state);
  }
}

/** What a device state tells of the peer: with calls, nothing. */
function stateOf(deviceState: string): TrunkState {
  if (deviceState === 'NOT_INUSE') return 'up';
  return deviceState === 'UNAVAILABLE' || deviceState === 'INVALID' ? 'down' : 'unknown';
}
