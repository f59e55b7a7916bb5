import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { AriReader } from './ari-reader.ts';
import { openFunctionReader, type FunctionReader } from './function-reader.ts';

const switched = 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n';

let server: Server;
let created: number;
let eventsEnd: Promise<unknown>;

/** An ARI that never answers a DELETE, as one that hangs by then. */
beforeEach(async () => {
  created = 200;
  server = createServer(({ method }, response) => {
    if (method === 'GET') response.end('{"value": "yes"}');
    if (method === 'POST') response.writeHead(created).end('{}');
  });
  server.on('upgrade', (_request, socket: Duplex) => {
    socket.write(switched);
    eventsEnd = once(socket.resume(), 'end').then(() => socket.end());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});

afterEach(() => {
  server.closeAllConnections();
  server.close();
});

async function open(): Promise<FunctionReader | undefined> {
  const { port } = server.address() as AddressInfo;
  const access = { url: `http://127.0.0.1:${port}`, username: 'interlinks', password: 'secret' };
  return openFunctionReader(new AriReader(access), access);
}

async function readOnce(): Promise<string | undefined> {
  await using functions = await open();
  return await functions?.read('X');
}

test('an Asterisk that hangs at the end costs neither what was read nor the end of the event connection', async () => {
  expect(await readOnce()).toBe('yes');
  await eventsEnd;
});

test('a user who may only read gets no reader, and the event connection ends', async () => {
  created = 403;
  expect(await open()).toBeUndefined();
  await eventsEnd;
});

test('a channel that cannot be made is a matter of the set-up, and the event connection ends', async () => {
  created = 500;
  await expect(open()).rejects.toMatchObject({ failure: { code: 'asterisk-setup' } });
  await eventsEnd;
});

test('so is a server that has no events', async () => {
  server.removeAllListeners('upgrade');
  await expect(open()).rejects.toMatchObject({
    failure: { code: 'asterisk-setup', message: expect.stringContaining('event connection') },
  });
});
