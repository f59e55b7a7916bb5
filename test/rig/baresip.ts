import { connect, type Socket } from 'node:net';
import { once } from 'node:events';
import { z } from 'zod';
import { encodeNetstring, netstringDecoder } from './netstring.ts';
import { RigError } from './rig-error.ts';
import { within } from './wait.ts';

/** An event as baresip's module ctrl_tcp sends it. */
export type BaresipEvent = z.infer<typeof EVENT>;

/** A connection to the control port of a baresip. */
export interface BaresipControl {
  /**
   * Runs a command of baresip's menu, such as `dial` with `102`.
   *
   * @returns what baresip answers, for `dial` for example `call id: 5775cc29d7e0a439`
   * @throws {RigError} when baresip refuses it or does not answer
   */
  command(name: string, parameter?: string): Promise<string>;
  close(): void;
}

const EVENT = z.object({
  event: z.literal(true),
  type: z.string(),
  direction: z.enum(['incoming', 'outgoing']).optional(),
  peeruri: z.string().optional(),
  peerdisplayname: z.string().optional(),
  id: z.string().optional(),
  param: z.string().optional(),
});
const RESPONSE = z.object({
  response: z.literal(true),
  ok: z.boolean(),
  data: z.string(),
  token: z.string(),
});
const MESSAGE = z.union([EVENT, RESPONSE]);

const ANSWER_MS = 5000;

/** Connects to a baresip that listens already. */
export async function connectBaresip(
  ip: string,
  port: number,
  onEvent: (event: BaresipEvent) => void,
): Promise<BaresipControl> {
  const socket: Socket = connect(port, ip);
  const decode = netstringDecoder();
  const waiting = new Map<string, (response: z.infer<typeof RESPONSE>) => void>();
  await once(socket, 'connect');
  socket.on('error', () => undefined);
  socket.on('data', (chunk: Buffer) => {
    for (const text of decode(chunk)) {
      const message = MESSAGE.parse(JSON.parse(text));
      if ('event' in message) onEvent(message);
      else waiting.get(message.token)?.(message);
    }
  });

  let commands = 0;
  return {
    command: async (name, parameter = '') => {
      commands += 1;
      const token = String(commands);
      const answered = new Promise<z.infer<typeof RESPONSE>>((resolve) => {
        waiting.set(token, resolve);
      });
      socket.write(encodeNetstring(JSON.stringify({ command: name, params: parameter, token })));
      const { ok, data } = await within(ANSWER_MS, `baresip did not answer ${name}`, answered);
      waiting.delete(token);
      if (!ok) throw new RigError(`baresip refused ${name} ${parameter}`, data.trim());
      return data.trim();
    },
    close: () => {
      socket.destroy();
    },
  };
}
