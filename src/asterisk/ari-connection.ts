import type { EventEmitter } from 'node:events';
import type { Failure } from '../domain/failure.ts';
import { FailureError } from '../domain/failure.ts';
import { Limiter } from '../domain/limiter.ts';
import type { Logger } from '../domain/logger.ts';
import { within } from '../domain/within.ts';
import {
  findOperation,
  keepsOrder,
  loadAriClient,
  openEvents,
  type AriClient,
  type AriOperations,
} from './ari-client.ts';
import { ariEventTypes, type AriEvents } from './ari-events.ts';
import { AriMissingError, probeAri } from './ari-probe.ts';
import {
  LastingConnection,
  unlessEnded,
  type ConnectionEnd,
  type OpenConnection,
} from './lasting-connection.ts';

const connectTimeoutMs = 5000;
const actionTimeoutMs = 2000;
const actionsAtOnce = 16;
const pingIntervalMs = 2000;
const pingMisses = 2;
const retryReplacedMs = 30_000;
const bootMs = 10_000;

export interface AriOptions {
  /** Base URL of Asterisk's HTTP server, without `/ari`. */
  readonly url: string;
  readonly username: string;
  readonly password: string;
  /** Name of the Stasis application. */
  readonly application: string;
  readonly log: Logger;
}

interface OpenAri extends OpenConnection {
  readonly client: AriClient;
}

/**
 * Port to Asterisk's REST interface by way of ari-client, with what that lacks: a time-out on every action, an error
 * for every failure, and a new connection for ever after the old one ended.
 */
export class AriConnection extends LastingConnection<
  OpenAri,
  { [Type in keyof AriEvents]: [AriEvents[Type]] }
> {
  protected override readonly label = 'Asterisk';
  readonly #options: AriOptions;
  readonly #limiter = new Limiter(actionsAtOnce);

  constructor(options: AriOptions) {
    super(options.log);
    this.#options = options;
  }

  /** Why no call can be taken; undefined while Asterisk is connected and all is set up with it. */
  get unready(): Failure | undefined {
    if (this.ready) return undefined;
    return this.failure ?? (this.connected ? beingSetUp : connecting);
  }

  /**
   * One ARI operation, by its names in ari-client. A few run at once: Asterisk answers a hundred at a time more slowly
   * than one after the other, and some not at all.
   *
   * @throws Error within 2 s of its turn, also while Asterisk is away
   */
  async call<T>(resource: string, operation: string, params: object = {}): Promise<T> {
    return this.#limiter.run(() => this.#call<T>(resource, operation, params));
  }

  /** Whether operations on channels are carried out in the order of their calls, without waiting for each other. */
  get keepsOrder(): boolean {
    const client = this.open?.client;
    return client !== undefined && keepsOrder(client);
  }

  /** Whether this Asterisk has an operation. */
  offers(resource: string, operation: string): boolean {
    const client = this.open?.client;
    return client !== undefined && findOperation(client, resource, operation) !== undefined;
  }

  async #call<T>(resource: string, operation: string, params: object): Promise<T> {
    const client = this.open?.client;
    if (client === undefined) throw new Error(`no connection to Asterisk for ${resource}.${operation}`);
    const run = findOperation(client, resource, operation);
    if (run === undefined) throw new Error(`this Asterisk has no ARI operation ${resource}.${operation}`);
    try {
      return (await within(actionTimeoutMs, run(params), `${resource}.${operation}`)) as T;
    } catch (error) {
      // The password was changed: the event connection stays, but nothing can be done over it. A new one tells why.
      if (/authentication required/i.test(String(error))) client._ws.terminate();
      throw error;
    }
  }

  protected override async connect(signal: AbortSignal): Promise<OpenAri> {
    const { url, username, password, application } = this.#options;
    await probeAri(this.#options, signal);
    const client = await within(
      connectTimeoutMs,
      loadAriClient(url, username, password),
      'loading the ARI description',
    );
    for (const type of ariEventTypes) {
      client.on(type, (event: unknown) => (this as EventEmitter).emit(type, event));
    }
    const started = openEvents(client, application);
    const socket = client._ws;
    const ended = endOf(client, application);
    try {
      await within(connectTimeoutMs, unlessEnded(started, ended), 'opening the event connection');
      await within(connectTimeoutMs, selectEvents(client, application), 'selecting the events');
    } catch (error) {
      socket.terminate();
      throw error;
    }
    watch(client, ended);
    return { client, ended, close: () => socket.terminate() };
  }

  protected override explain(error: unknown): { failure: Failure; patienceMs: number } {
    // While Asterisk boots, its web server is there before ARI is.
    const patienceMs = error instanceof AriMissingError ? bootMs : 0;
    if (error instanceof FailureError) return { failure: error.failure, patienceMs };
    const reason = error instanceof Error ? error.message : String(error);
    const failure = {
      code: 'ari-unreachable',
      message: `Asterisk's ARI does not work: ${reason}`,
      remedy: 'See the log of Asterisk; the service goes on trying.',
    } as const;
    return { failure, patienceMs };
  }
}

const connecting: Failure = {
  code: 'ari-unreachable',
  message: 'Asterisk is not connected',
  remedy: 'Wait a moment; where it stays so, see the log.',
};

const beingSetUp: Failure = {
  code: 'asterisk-setup',
  message: 'Asterisk is connected and being set up',
  remedy: 'Wait a moment; where it stays so, see the log.',
};

/** Resolves when the event connection is over. Two services that answer for one Asterisk take it from each other. */
function endOf(client: AriClient, application: string): Promise<ConnectionEnd | undefined> {
  return new Promise((resolve) => {
    // ari-client would connect again by itself, ten times; told that the end was wanted, it does not.
    const end = (): void => {
      client._wsClosed = true;
      resolve(undefined);
    };
    client._ws.prependListener('close', end);
    client._ws.prependListener('error', end);
    client.on('ApplicationReplaced', () => {
      resolve({ failure: applicationReplaced(application), retryMs: retryReplacedMs });
      client._ws.terminate();
    });
  });
}

/**
 * A call causes more than a hundred events: those that nobody here uses are not sent. Answers to requests over the event
 * connection are events to Asterisk.
 */
async function selectEvents(client: AriClient, applicationName: string): Promise<void> {
  const allowed = [...ariEventTypes, 'ApplicationReplaced', 'RESTResponse'].map((type) => ({ type }));
  const { applications } = client as unknown as AriOperations;
  await applications?.['filter']?.({ applicationName, filter: { allowed } });
}

/** A hung Asterisk keeps its connections: without an answer to pings the connection counts as lost. */
function watch(client: AriClient, ended: Promise<unknown>): void {
  let missed = 0;
  client.on('pong', () => (missed = 0));
  const timer = setInterval(() => {
    missed += 1;
    if (missed > pingMisses) client._ws.terminate();
    else client.ping();
  }, pingIntervalMs);
  void ended.then(() => clearInterval(timer));
}

function applicationReplaced(application: string): FailureError {
  return new FailureError(
    'asterisk-setup',
    `Another program has taken over the Stasis application "${application}" in this Asterisk`,
    'Run one Interlinks for each Asterisk.',
  );
}
