import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { AmiSession } from './ami-session.ts';

let server: Server;
let session: AmiSession;
/** Connections that were made, and those that are open. */
let made: number;
let open: number;

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  [made, open] = [0, 0];
  // Says yes to everything.
  server = createServer((socket) => {
    made += 1;
    open += 1;
    socket.on('error', () => undefined);
    socket.once('close', () => (open -= 1));
    socket.write('Asterisk Call Manager/11.0.0\r\n');
    socket.setEncoding('utf8').on('data', (text: string) => {
      for (const [, id = ''] of text.matchAll(/^ActionID: (\S+)/gm)) {
        socket.write(`Response: Success\r\nActionID: ${id}\r\n\r\n`);
      }
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const access = { host: '127.0.0.1', port, username: 'interlinks', password: 'secret' };
  session = await AmiSession.open(access, new AbortController().signal);
});

afterEach(() => {
  session.close();
  server.close();
  vi.useRealTimers();
});

/** Lets time pass until something holds, or all of it is over. @returns how many milliseconds it took */
async function passes(ms: number, until: () => boolean): Promise<number> {
  let passed = 0;
  while (passed < ms && !until()) {
    await vi.advanceTimersByTimeAsync(1);
    await new Promise((resolve) => setImmediate(resolve));
    passed += 1;
  }
  return passed;
}

test('a connection rests for two seconds, in which it may be needed again', async () => {
  expect(await passes(3000, () => open === 0)).toBeGreaterThanOrEqual(2000);
  expect(made).toBe(1);
});

test('one that was made to see whether it can be had is closed at once', async () => {
  await passes(12_000, () => made === 2);
  expect(await passes(3000, () => open === 0)).toBeLessThan(1000);
});
