import { once } from 'node:events';
import { randomUUID } from 'node:crypto';
import type { AriAccess } from '../../asterisk/ari-probe.ts';
import { FailureError } from '../../domain/failure.ts';
import type { AriReader } from './ari-reader.ts';

/** Not the service's own application, which stays with the service. */
const application = 'interlinks-doctor';
const openMs = 2000;

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
    if (status === 403) socket.close();
    return status === 403 ? undefined : new ChannelFunctions(ari, id, socket);
  } catch (error) {
    socket.close();
    throw error;
  }
}

class ChannelFunctions implements FunctionReader {
  readonly #ari: AriReader;
  readonly #channel: string;
  readonly #socket: WebSocket;

  constructor(ari: AriReader, channel: string, socket: WebSocket) {
    this.#ari = ari;
    this.#channel = channel;
    this.#socket = socket;
  }

  async read(expression: string): Promise<string> {
    const path = `channels/${this.#channel}/variable?variable=${encodeURIComponent(expression)}`;
    return (await this.#ari.get<{ value: string }>(path))?.value ?? '';
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#ari.send('DELETE', `channels/${this.#channel}`);
    this.#socket.close();
  }
}

/** A channel stays only where its application is connected. */
async function openEvents({ url, username, password }: AriAccess): Promise<WebSocket> {
  const query = new URLSearchParams({ app: application, api_key: `${username}:${password}` });
  const socket = new WebSocket(`${url.replace(/^http/, 'ws')}/ari/events?${query.toString()}`);
  const opened = await Promise.race([
    once(socket, 'open', { signal: AbortSignal.timeout(openMs) }).then(
      () => true,
      () => false,
    ),
    once(socket, 'error').then(() => false),
  ]);
  if (opened) return socket;
  socket.close();
  throw setupFailure('its event connection cannot be opened');
}

function setupFailure(what: string): FailureError {
  return new FailureError(
    'asterisk-setup',
    `ARI answers, but ${what}`,
    'Let modules.conf load res_http_websocket.so, res_ari_events.so, res_ari_channels.so and app_stasis.so',
  );
}
