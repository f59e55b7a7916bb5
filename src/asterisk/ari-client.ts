import type { EventEmitter } from 'node:events';
import { connect } from 'ari-client';
import swaggerClient, { type SwaggerExchange } from 'swagger-client';
import { Agent, request } from 'undici';
import { followedVariable } from './ari-events.ts';

/** Longer than anybody waits for an answer; only keeps connections from being held for ever. */
const answerTimeoutMs = 5000;

/** The parts of an ari-client that are used, its WebSocket and the mark of a wanted end among them. */
export interface AriClient extends EventEmitter {
  start(application: string): Promise<void>;
  ping(): void;
  readonly _ws: EventEmitter & { terminate(): void };
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
  client._ws.removeAllListeners('message');
  client._ws.on('message', (data: Buffer) => {
    const text = data.toString();
    if (isOfUnusedVariable(text)) return;
    const event = JSON.parse(text) as { readonly type: string };
    client.emit(event.type, event);
  });
  return started;
}

/** Nine of ten events tell of a variable that nobody here asks for. To see that takes a tenth of reading one whole. */
function isOfUnusedVariable(event: string): boolean {
  const [, variable = followedVariable] = /"variable": ?"([^"]*)"/.exec(event) ?? [];
  return variable !== followedVariable && event.includes('"ChannelVarset"');
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
