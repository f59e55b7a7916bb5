import { AsyncLocalStorage } from 'node:async_hooks';
import type { EventEmitter } from 'node:events';
import { connect } from 'ari-client';
import swaggerClient, { type SwaggerExchange } from 'swagger-client';
import { Agent, request } from 'undici';
import { AriSocketRequests, type RestResponse } from './ari-socket-requests.ts';

/** Longer than anybody waits for an answer; only keeps connections from being held for ever. */
const answerTimeoutMs = 5000;

/** The parts of an ari-client that are used, its WebSocket and the mark of a wanted end among them. */
export interface AriClient extends EventEmitter {
  start(application: string): Promise<void>;
  ping(): void;
  readonly _ws: EventEmitter & { send(frame: string): void; terminate(): void };
  _wsClosed: boolean;
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

/** Whose request it is; swagger-client does not say. */
const asking = new AsyncLocalStorage<AriClient>();
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

/** Runs an operation of a client: over its event connection where that can be, else over HTTP. */
export function runOperation(
  client: AriClient,
  operation: AriOperations[string][string],
  params: object,
): Promise<unknown> {
  return asking.run(client, operation, params);
}

/** Whether requests about channels are carried out in the order in which they were made. */
export function keepsOrder(client: AriClient): boolean {
  return overSocket.get(client)?.taken === true;
}

async function execute(exchange: SwaggerExchange): Promise<void> {
  const client = asking.getStore();
  if (client !== undefined && overSocket.get(client)?.send(exchange)) return;
  const { url, method, headers, body: content, on } = exchange;
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
