import type { EventEmitter } from 'node:events';
import { connect } from 'ari-client';
import swaggerClient, { type SwaggerExchange } from 'swagger-client';
import { Agent, request } from 'undici';
import { AriSocketRequests, type DescribedOperation, type RestResponse } from './ari-socket-requests.ts';

/** Longer than anybody waits for an answer; only keeps connections from being held for ever. */
const answerTimeoutMs = 5000;

/** The parts of an ari-client that are used, its WebSocket, the mark of a wanted end and ARI's description among them. */
export interface AriClient extends EventEmitter {
  start(application: string): Promise<void>;
  ping(): void;
  readonly _ws: EventEmitter & { send(frame: string): void; terminate(): void };
  _wsClosed: boolean;
  readonly _swagger: {
    readonly apis: Readonly<
      Record<string, { readonly operations: Readonly<Record<string, DescribedOperation>> }>
    >;
  };
}

/** The same, by resource and operation as ARI's description names them. */
export type AriOperations = Readonly<
  Record<string, Readonly<Record<string, (params: object) => Promise<unknown>>>>
>;

// swagger-client, on which ari-client stands, leaks a global `log`, through which it prints a notice to stdout at every
// connect; and where it fails it tells its caller and then throws besides, out of reach of anybody.
Object.assign(globalThis, { log: () => undefined });
swaggerClient.SwaggerApi.prototype.fail = function fail(
  this: { failure(message: string): void },
  message: string,
): void {
  this.failure(message);
};

// Its HTTP client, shred, takes several times as long as all else there is to a request, and never tells of a
// connection that failed.
const dispatcher = new Agent({ headersTimeout: answerTimeoutMs, bodyTimeout: answerTimeoutMs });
swaggerClient.SwaggerHttp.prototype.execute = (exchange) => void execute(exchange);

const overSocket = new WeakMap<AriClient, AriSocketRequests>();

/** Loads ARI's description. Rejects when that fails, or waits for ever: see probeAri. */
export async function loadAriClient(url: string, username: string, password: string): Promise<AriClient> {
  return (await connect(url, username, password)) as unknown as AriClient;
}

/**
 * Opens the event connection. Events come as Asterisk sends them: what ari-client makes of each, an object with an
 * operation of its own for everything that can be done to its channel, costs more than the whole call.
 *
 * @returns when it is open; the socket itself is there at once
 */
export function openEvents(client: AriClient, application: string): Promise<void> {
  const started = client.start(application);
  const requests = new AriSocketRequests((frame) => client._ws.send(frame));
  overSocket.set(client, requests);
  client._ws.on('open', () => requests.probe());
  client._ws.on('close', () => requests.end());
  client._ws.removeAllListeners('message');
  client._ws.on('message', (data: Buffer) => {
    const event = JSON.parse(data.toString()) as { readonly type: string };
    if (event.type === 'RESTResponse') requests.receive(event as RestResponse);
    else client.emit(event.type, event);
  });
  return started;
}

/** An operation of a client by its names in ARI's description; undefined: this Asterisk does not have it. */
export function findOperation(
  client: AriClient,
  resource: string,
  operation: string,
): ((params: object) => Promise<unknown>) | undefined {
  const overHttp = (client as unknown as AriOperations)[resource]?.[operation];
  const requests = overSocket.get(client);
  const described = client._swagger.apis[resource]?.operations[operation];
  const isQuick = requests?.taken === true && described?.path.includes('{channelId}') === true;
  return isQuick ? (params) => requests.ask(described, params) : overHttp;
}

/** Whether requests about channels are carried out in the order in which they were made. */
export function keepsOrder(client: AriClient): boolean {
  return overSocket.get(client)?.taken === true;
}

async function execute({ url, method, headers, body: content, on }: SwaggerExchange): Promise<void> {
  try {
    const answer = await request(url, {
      dispatcher,
      method: method.toUpperCase(),
      headers,
      body: content ?? null,
    });
    const data = Buffer.from(await answer.body.arrayBuffer());
    const response = { status: answer.statusCode, data };
    if (answer.statusCode < 400) on.response(response);
    else on.error(response);
  } catch (error) {
    on.error({ status: 0, data: Buffer.from(String(error)) });
  }
}
