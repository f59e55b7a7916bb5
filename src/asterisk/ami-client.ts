import createManager, { type Manager, type Message } from 'asterisk-manager';
import { within } from '../domain/within.ts';
import { AmiRefusal } from './ami-errors.ts';
import { checkFields, type AmiFields } from './ami-message.ts';
import type { OpenConnection } from './lasting-connection.ts';

const actionTimeoutMs = 2000;
const listTimeoutMs = 10_000;
const pingIntervalMs = 2000;
const pingMisses = 2;

/** Where AMI is and who asks. */
export interface AmiAccess {
  readonly host: string;
  readonly port: number;
  readonly username: string;
  readonly password: string;
}

/** An answer or event of AMI: headers by name in lower case. */
export type AmiMessage = Readonly<Record<string, string>>;

/** What waits for an answer. */
interface Waiting {
  readonly event?: (event: AmiMessage) => void;
  readonly fail: (error: Error) => void;
}

/**
 * One connection to AMI by way of asterisk-manager, with what that lacks: a time-out on every action, an error for
 * every failure, answers that are lists, and a refusal of values that would become another action.
 */
export class AmiClient implements OpenConnection {
  readonly ended: Promise<undefined>;
  readonly #manager: Manager;
  readonly #waiting = new Map<string, Waiting>();
  readonly #closing = new AbortController();
  #actions = 0;
  #over: Error | undefined;

  private constructor({ username, password }: AmiAccess) {
    this.#manager = createManager(undefined, undefined, username, password);
    this.#manager.on('error', (error) => this.#end(new Error(`AMI: ${error.message}`, { cause: error })));
    this.ended = new Promise((resolve) => {
      this.#manager.on('close', () => {
        this.#end(new Error('Asterisk closed the connection to AMI'));
        resolve(undefined);
      });
    });
    this.#manager.on('managerevent', (event) => {
      const message = flat(event);
      this.#waiting.get(message['actionid'] ?? '')?.event?.(message);
    });
  }

  /**
   * Connects and logs in.
   *
   * @throws AmiRefusal when Asterisk refuses the login; Error when there is no AMI
   */
  static async connect(access: AmiAccess, signal: AbortSignal): Promise<AmiClient> {
    const { host, port, username, password } = access;
    checkFields('Login', { Username: username, Secret: password });
    const client = new AmiClient(access);
    const socket = { host, port, signal: AbortSignal.any([signal, client.#closing.signal]) };
    try {
      await client.#wait(actionTimeoutMs, 'Connect', 'connect', ({ resolve }) =>
        client.#manager.connect(socket, undefined, () => resolve({})),
      );
      await client.#wait(actionTimeoutMs, 'Login', 'login', ({ resolve, reject }) =>
        client.#manager.login((refusal) =>
          refusal === undefined ? resolve({}) : reject(refusalOf('Login', refusal)),
        ),
      );
      // The account need not read events; one that may is spared them.
      await client.action('Events', { EventMask: 'off' });
    } catch (error) {
      client.close();
      throw error;
    }
    client.#watch();
    return client;
  }

  /** One action that has one answer. @throws AmiRefusal, RangeError, or Error within 2 s */
  async action(name: string, fields: AmiFields = {}): Promise<AmiMessage> {
    const id = this.#nextId();
    return this.#wait(actionTimeoutMs, name, id, (settle) => this.#send(id, name, fields, settle));
  }

  /** One action that is answered by a list. @throws as `action`, but within 10 s */
  async list(name: string, fields: AmiFields = {}): Promise<readonly AmiMessage[]> {
    const id = this.#nextId();
    const entries: AmiMessage[] = [];
    await this.#wait(listTimeoutMs, name, id, ({ resolve, reject }) => {
      this.#waiting.set(id, {
        fail: reject,
        event: (event) => {
          if (event['eventlist'] === 'Complete') resolve(event);
          else entries.push(event);
        },
      });
      this.#send(id, name, fields, { resolve: () => undefined, reject });
    });
    return entries;
  }

  close(): void {
    this.#closing.abort();
  }

  #nextId(): string {
    this.#actions += 1;
    return `interlinks-${this.#actions}`;
  }

  #send(id: string, name: string, fields: AmiFields, { resolve, reject }: Settle): void {
    checkFields(name, fields);
    this.#manager.action({ ...fields, Action: name, actionid: id }, (refusal, answer) => {
      if (refusal === undefined) resolve(flat(answer));
      else reject(refusalOf(name, refusal));
    });
  }

  /** Waits for what `begin` has begun: an answer, the end of the connection, or the end of patience. */
  async #wait(ms: number, name: string, id: string, begin: (settle: Settle) => void): Promise<AmiMessage> {
    if (this.#over !== undefined) throw this.#over;
    try {
      const answered = new Promise<AmiMessage>((resolve, reject) => {
        this.#waiting.set(id, { fail: reject });
        begin({ resolve, reject });
      });
      return await within(ms, answered, `AMI ${name}`);
    } finally {
      this.#waiting.delete(id);
      this.#manager.removeAllListeners(id);
    }
  }

  #end(reason: Error): void {
    this.#over ??= reason;
    for (const { fail } of this.#waiting.values()) fail(this.#over);
  }

  /** A hung Asterisk keeps its connections: without an answer to pings the connection counts as lost. */
  #watch(): void {
    let missed = 0;
    const ping = async (): Promise<void> => {
      missed += 1;
      if (missed > pingMisses) this.close();
      else await this.action('Ping').then(() => (missed = 0));
    };
    const timer = setInterval(() => void ping().catch(() => undefined), pingIntervalMs);
    void this.ended.then(() => clearInterval(timer));
  }
}

interface Settle {
  readonly resolve: (answer: AmiMessage) => void;
  readonly reject: (error: Error) => void;
}

function refusalOf(action: string, refusal: Message): AmiRefusal {
  return new AmiRefusal(action, flat(refusal)['message'] ?? 'refused');
}

function flat(message: Message): AmiMessage {
  return Object.fromEntries(
    Object.entries(message).map(([name, value]) => [
      name,
      typeof value === 'string' ? value : value.join('\n'),
    ]),
  );
}
