import { AmiClient, type AmiAccess } from './ami-client.ts';
import type { OpenConnection } from './lasting-connection.ts';

/** So long after the last action the connection is closed. */
const restAfterMs = 2000;
/** How often it is tried whether a connection can be had. */
const checkEveryMs = 10_000;

/**
 * AMI while it can be used: connected when there is something to do, and closed soon after. While anybody is logged in
 * at AMI, whether they want events or not, Asterisk writes an event of each step of each call and wakes them for it,
 * which takes a sixth of its processor time. Every few seconds it is tried whether it can be used still.
 */
export class AmiSession implements OpenConnection {
  readonly ended: Promise<undefined>;
  readonly #access: AmiAccess;
  readonly #closing = new AbortController();
  readonly #over = Promise.withResolvers<undefined>();
  #client: Promise<AmiClient> | undefined;
  #using = 0;
  #rest: NodeJS.Timeout | undefined;
  #check: NodeJS.Timeout | undefined;

  private constructor(access: AmiAccess) {
    this.#access = access;
    this.ended = this.#over.promise;
  }

  /** Connects and logs in. @throws as AmiClient.connect */
  static async open(access: AmiAccess, signal: AbortSignal): Promise<AmiSession> {
    const session = new AmiSession(access);
    signal.addEventListener('abort', () => session.close(), { signal: session.#closing.signal });
    await session.#try(restAfterMs);
    return session;
  }

  /**
   * Does something with a connection. Where there is none to be had, the session is over.
   *
   * @throws as AmiClient.connect, and what `work` throws
   */
  async use<T>(work: (client: AmiClient) => Promise<T>): Promise<T> {
    return await this.#use(work, restAfterMs);
  }

  close(): void {
    clearTimeout(this.#rest);
    clearTimeout(this.#check);
    this.#closing.abort();
    this.#disconnect();
    this.#over.resolve(undefined);
  }

  async #use<T>(work: (client: AmiClient) => Promise<T>, restMs: number): Promise<T> {
    this.#using += 1;
    clearTimeout(this.#rest);
    try {
      this.#client ??= this.#connect();
      return await work(await this.#client);
    } finally {
      this.#using -= 1;
      if (this.#using === 0) this.#rest = setTimeout(() => this.#disconnect(), restMs).unref();
    }
  }

  /** Connects, or is over. */
  async #try(restMs = 0): Promise<void> {
    await this.#use(async () => await Promise.resolve(), restMs);
    const again = (): void => void this.#try().catch(() => undefined);
    this.#check = setTimeout(again, checkEveryMs).unref();
  }

  async #connect(): Promise<AmiClient> {
    try {
      const client = await AmiClient.connect(this.#access, this.#closing.signal);
      void this.#closeAfter(client.ended, this.#client);
      return client;
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** A connection that ended while it was in use ends the session too. */
  async #closeAfter(ended: Promise<undefined>, connection: Promise<AmiClient> | undefined): Promise<void> {
    await ended;
    if (this.#client === connection) this.close();
  }

  #disconnect(): void {
    const client = this.#client;
    this.#client = undefined;
    void client?.then(
      (connected) => connected.close(),
      () => undefined,
    );
  }
}
