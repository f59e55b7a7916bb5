import { EventEmitter } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { connect } from 'ari-client';
import swaggerClient from 'swagger-client';
import type { Failure } from '../domain/failure.ts';
import { FailureError } from '../domain/failure.ts';
import type { Logger } from '../domain/logger.ts';
import { ariEventTypes, type AriEvents } from './ari-events.ts';
import { Limiter } from '../domain/limiter.ts';
import { AriMissingError, probeAri } from './ari-probe.ts';

const connectTimeoutMs = 5000;
const actionTimeoutMs = 2000;
const actionsAtOnce = 16;
const pingIntervalMs = 2000;
const pingMisses = 2;
const retryFirstMs = 100;
const retryMaxMs = 2000;
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

/** The parts of an ari-client that are used, its WebSocket and the mark of a wanted end among them. */
interface AriClient extends EventEmitter {
  start(application: string): Promise<void>;
  ping(): void;
  readonly _ws: EventEmitter & { terminate(): void };
  _wsClosed: boolean;
}

// swagger-client, on which ari-client stands, leaks a global `log`, through which it prints a notice to stdout at every
// connect; and where it fails it tells its caller and then throws besides, out of reach of anybody.
Object.assign(globalThis, { log: () => undefined });
swaggerClient.SwaggerApi.prototype.fail = function fail(
  this: { failure(message: string): void },
  message: string,
): void {
  this.failure(message);
};

type Operations = Readonly<Record<string, Readonly<Record<string, (params: object) => Promise<unknown>>>>>;

/**
 * Port to Asterisk's REST interface by way of ari-client, with what that lacks: a time-out on every action, an error
 * for every failure, and a new connection for ever after the old one ended.
 */
export class AriConnection extends EventEmitter<
  { [Type in keyof AriEvents]: [AriEvents[Type]] } & { down: []; failed: [] }
> {
  readonly #options: AriOptions;
  readonly #limiter = new Limiter(actionsAtOnce);
  readonly #stopped = new AbortController();
  #running: Promise<void> | undefined;
  #client: AriClient | undefined;
  #ready = false;
  #failure: Failure | undefined;
  #failedSince = 0;
  #told = false;

  constructor(options: AriOptions) {
    super();
    this.#options = options;
  }

  get connected(): boolean {
    return this.#client !== undefined;
  }

  /** Why no call can be taken; undefined while Asterisk is connected and all is set up with it. */
  get unready(): Failure | undefined {
    if (this.#ready) return undefined;
    return this.#failure ?? (this.connected ? beingSetUp : connecting);
  }

  /** Why there is no connection, as far as known. */
  get failure(): Failure | undefined {
    return this.#failure;
  }

  /**
   * Begins to connect, and goes on for ever. `down` tells of each end, `failed` of a new reason for
   * which there is no connection.
   *
   * @param setUp what is to be done with each new connection; when it fails, the connection counts as failed
   */
  start(setUp: () => Promise<void>): void {
    this.#running ??= this.#run(setUp);
  }

  async stop(): Promise<void> {
    this.#stopped.abort();
    this.#client?._ws.terminate();
    await this.#running;
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

  async #call<T>(resource: string, operation: string, params: object): Promise<T> {
    const client = this.#client;
    if (client === undefined) throw new Error(`no connection to Asterisk for ${resource}.${operation}`);
    const run = (client as unknown as Operations)[resource]?.[operation];
    if (run === undefined) throw new Error(`this Asterisk has no ARI operation ${resource}.${operation}`);
    try {
      return (await within(actionTimeoutMs, run(params), `${resource}.${operation}`)) as T;
    } catch (error) {
      // The password was changed: the event connection stays, but nothing can be done over it. A new one tells why.
      if (/authentication required/i.test(String(error))) client._ws.terminate();
      throw error;
    }
  }

  async #run(setUp: () => Promise<void>): Promise<void> {
    const { signal } = this.#stopped;
    let wait = retryFirstMs;
    while (!signal.aborted) {
      try {
        const { client, ended } = await this.#connect();
        wait = (await this.#use(client, ended, setUp)) === 'replaced' ? retryReplacedMs : retryFirstMs;
      } catch (error) {
        this.#report(error);
      }
      await delay(wait, undefined, { signal }).catch(() => undefined);
      wait = Math.min(wait * 2, retryMaxMs);
    }
  }

  async #connect(): Promise<{ client: AriClient; ended: Promise<void> }> {
    const { url, username, password, application } = this.#options;
    await probeAri(this.#options, this.#stopped.signal);
    const client = (await within(
      connectTimeoutMs,
      connect(url, username, password),
      'loading the ARI description',
    )) as unknown as AriClient;
    for (const type of ariEventTypes) {
      client.on(type, (event: unknown) => (this as EventEmitter).emit(type, event));
    }
    const started = client.start(application);
    const socket = client._ws;
    const ended = new Promise<void>((resolve) => {
      // ari-client would connect again by itself, ten times; told that the end was wanted, it does not.
      const end = (): void => {
        client._wsClosed = true;
        resolve();
      };
      socket.prependListener('close', end);
      socket.prependListener('error', end);
    });
    try {
      await within(connectTimeoutMs, unlessEnded(started, ended), 'opening the event connection');
      // `stop` ends the connection in use; this one was none yet when it was called.
      this.#stopped.signal.throwIfAborted();
    } catch (error) {
      socket.terminate();
      throw error;
    }
    this.#watch(client, ended);
    return { client, ended };
  }

  /** From the set-up to the end of a connection. */
  async #use(
    client: AriClient,
    ended: Promise<void>,
    setUp: () => Promise<void>,
  ): Promise<'lost' | 'replaced'> {
    let replaced = false;
    client.on('ApplicationReplaced', () => {
      replaced = true;
      client._ws.terminate();
    });
    this.#client = client;
    try {
      await unlessEnded(setUp(), ended);
      this.#ready = true;
      this.#failure = undefined;
      this.#options.log.info('connected to Asterisk');
      await ended;
    } finally {
      this.#ready = false;
      this.#client = undefined;
      client._ws.terminate();
      this.emit('down');
    }
    if (replaced) {
      this.#report(applicationReplaced(this.#options.application));
      return 'replaced';
    }
    if (!this.#stopped.signal.aborted) this.#options.log.warn('connection to Asterisk lost');
    return 'lost';
  }

  /** A hung Asterisk keeps its connections: without an answer to pings the connection counts as lost. */
  #watch(client: AriClient, ended: Promise<void>): void {
    let missed = 0;
    client.on('pong', () => (missed = 0));
    const timer = setInterval(() => {
      missed += 1;
      if (missed > pingMisses) client._ws.terminate();
      else client.ping();
    }, pingIntervalMs);
    void ended.then(() => clearInterval(timer));
  }

  #report(error: unknown): void {
    if (this.#stopped.signal.aborted) return;
    const failure = failureOf(error);
    if (this.#failure?.message !== failure.message) {
      this.#failure = failure;
      this.#failedSince = performance.now();
      this.#told = false;
      this.emit('failed');
    }
    // While Asterisk boots, its web server is there before ARI is.
    const patience = error instanceof AriMissingError ? bootMs : 0;
    if (this.#told || performance.now() - this.#failedSince < patience) return;
    this.#told = true;
    this.#options.log.error({ code: failure.code, remedy: failure.remedy }, failure.message);
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

function failureOf(error: unknown): Failure {
  if (error instanceof FailureError) return error.failure;
  const reason = error instanceof Error ? error.message : String(error);
  return {
    code: 'ari-unreachable',
    message: `Asterisk's ARI does not work: ${reason}`,
    remedy: 'See the log of Asterisk; the service goes on trying.',
  };
}

/** Two services that answer for one Asterisk take the application from each other; neither hurries to. */
function applicationReplaced(application: string): FailureError {
  return new FailureError(
    'asterisk-setup',
    `Another program has taken over the Stasis application "${application}" in this Asterisk`,
    'Run one Interlinks for each Asterisk.',
  );
}

async function unlessEnded<T>(work: Promise<T>, ended: Promise<void>): Promise<T> {
  const tooEarly = ended.then(() => Promise.reject(new Error('Asterisk closed the event connection')));
  return Promise.race([work, tooEarly]);
}

async function within<T>(ms: number, work: PromiseLike<T>, what: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`${what}: no answer from Asterisk within ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
