import { randomBytes, randomUUID } from 'node:crypto';
import type { Duplex } from 'node:stream';
import { upgrade } from 'undici';
import type { AriAccess } from '../../asterisk/ari-probe.ts';
import { FailureError } from '../../domain/failure.ts';
import type { AriReader } from './ari-reader.ts';

/** Not the service's own application, which stays with the service. */
const application = 'interlinks-doctor';
const openMs = 2000;
/** RFC 6455, section 5.5.1: without a reason, masked by zeros. */
const closeFrame = Buffer.from([0x88, 0x80, 0, 0, 0, 0]);

/** Reads what Asterisk's dial plan functions say. */
export interface FunctionReader extends AsyncDisposable {
  /** Such as `DIALPLAN_EXISTS(phones,101,1)`. @returns empty where the function or what it reads is not there */
  read(expression: string): Promise<string>;
}

/**
 * ARI evaluates dial plan functions on a channel only, so this makes one that goes nowhere: half of a Local channel
 * that is never dialed. It needs no right beyond those of the service, and no access to Asterisk's files.
 *
 * @returns undefined when the ARI user may only read
 * @throws FailureError `asterisk-setup` where no such channel can be made
 */
export async function openFunctionReader(
  ari: AriReader,
  access: AriAccess,
): Promise<FunctionReader | undefined> {
  const socket = await openEvents(access);
  try {
    const id = `doctor-${randomUUID()}`;
    const { status } = await ari.send(
      'POST',
      `channels/create?endpoint=Local/s@interlinks-none&app=${application}&channelId=${id}`,
    );
    if (status !== 200 && status !== 403) throw setupFailure(`no channel can be made (status ${status})`);
    if (status === 403) closeEvents(socket);
    return status === 403 ? undefined : new ChannelFunctions(ari, id, socket);
  } catch (error) {
    closeEvents(socket);
    throw error;
  }
}

class ChannelFunctions implements FunctionReader {
  readonly #ari: AriReader;
  readonly #channel: string;
  readonly #socket: Duplex;

  constructor(ari: AriReader, channel: string, socket: Duplex) {
    this.#ari = ari;
    this.#channel = channel;
    this.#socket = socket;
  }

  async read(expression: string): Promise<string> {
    const path = `channels/${this.#channel}/variable?variable=${encodeURIComponent(expression)}`;
    return (await this.#ari.get<{ value: string }>(path))?.value ?? '';
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // An Asterisk that hangs by now costs nothing of what was read.
    await this.#ari.send('DELETE', `channels/${this.#channel}`).catch(() => undefined);
    closeEvents(this.#socket);
  }
}

/**
 * A channel stays only where its application is connected. Nobody reads the events. Not a WebSocket, which an Asterisk
 * that hangs would keep from closing, and the process from ending.
 */
async function openEvents({ url, username, password }: AriAccess): Promise<Duplex> {
  const query = new URLSearchParams({ app: application, api_key: `${username}:${password}` });
  try {
    const { socket } = await upgrade(`${url}/ari/events?${query.toString()}`, {
      protocol: 'websocket',
      headers: {
        'sec-websocket-key': randomBytes(16).toString('base64'),
        'sec-websocket-version': '13',
      },
      signal: AbortSignal.timeout(openMs),
    });
    return socket.on('error', () => undefined).resume();
  } catch {
    throw setupFailure('its event connection cannot be opened');
  }
}

/** Says so, and does not wait for the answer. */
function closeEvents(socket: Duplex): void {
  socket.end(closeFrame, () => socket.destroy());
}

function setupFailure(what: string): FailureError {
  return new FailureError(
    'asterisk-setup',
    `ARI answers, but ${what}`,
    'Let modules.conf load res_http_websocket.so, res_ari_events.so, res_ari_channels.so and app_stasis.so',
  );
}
