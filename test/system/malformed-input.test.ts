import { readFile } from 'node:fs/promises';
import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startOffice, type Office } from '../rig/office.ts';

const rounds = 150;
const atOnce = 10;
const patienceMs = 3000;

/** Mulberry32: the same bytes in every run. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const postHead = 'POST /interlink/v1/pairings HTTP/1.1\r\nHost: x\r\n';

/** What a client may send that means harm, by kind. */
const shapes: readonly ((next: () => number) => Buffer)[] = [
  (next) => Buffer.from(Array.from({ length: Math.floor(next() * 2000) }, () => Math.floor(next() * 256))),
  () => Buffer.from('GET / HTTP/1.1\r\n\r\n'),
  () => Buffer.from(`GET / HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(100_000)}\r\n\r\n`),
  () => Buffer.from(`GET / HTTP/1.1\r\nHost: x\r\n${'X: 1\r\n'.repeat(1000)}\r\n`),
  () => Buffer.from(`GET /${'%00/../'.repeat(500)} HTTP/1.1\r\nHost: x\r\n\r\n`),
  () => Buffer.from('GET http://[::1 HTTP/9.9\r\nHost:\r\n\r\n'),
  () =>
    Buffer.from(
      `${postHead}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /admin HTTP/1.1\r\n\r\n`,
    ),
  () => Buffer.from(`${postHead}Content-Length: 5\r\nContent-Length: 6\r\n\r\n{"a":1}`),
  () => Buffer.from(`${postHead}Transfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFF\r\n{}`),
  () => Buffer.from(`${postHead}Content-Length: -1\r\n\r\n{}`),
  () => Buffer.from(`${postHead}Content-Length: 99999999999\r\n\r\n${'{'.repeat(5000)}`),
  () =>
    Buffer.from(
      `${postHead}Content-Type: application/json\r\nContent-Length: 6000\r\n\r\n${'['.repeat(6000)}`,
    ),
  () => Buffer.from(`${postHead}Content-Type: \u0000;;\r\nContent-Length: 2\r\n\r\n{}`),
  () =>
    Buffer.from(
      `${postHead}Expect: 100-continue\r\nUpgrade: h2c\r\nConnection: upgrade\r\nContent-Length: 2\r\n\r\n{}`,
    ),
  () => Buffer.from(`${postHead}Content-Length: 2\r\n\r\n{}`.repeat(50)),
  () => Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'),
  (next) =>
    Buffer.from(
      `${postHead}Authorization: Interlink ${'a.'.repeat(next() * 2000)}\r\nContent-Length: 0\r\n\r\n`,
    ),
  () => Buffer.from(`${postHead}Authorization: Interlink e30.e30.e30\r\nContent-Length: 500\r\n\r\n{`),
];

let office: Office;

beforeAll(async () => {
  office = await startOffice({ name: 'Berlin', numbers: [{ number: '101' }] });
});
afterAll(() => office.stop());

async function residentKb(): Promise<number> {
  const status = await readFile(`/proc/${office.service.pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]);
}

/** Sends, half-closes now and then, and waits until the other end has had enough, or a little while. */
async function attack(open: () => Socket, bytes: Buffer, halfClose: boolean): Promise<void> {
  const socket = open();
  socket.on('error', () => undefined).resume();
  if (halfClose) socket.end(bytes);
  else socket.write(bytes);
  socket.setTimeout(100, () => socket.destroy());
  await new Promise((resolve) => socket.once('close', resolve));
}

const listeners: readonly [string, number, (host: string, port: number) => Socket][] = [
  [
    'the peer listener, inside TLS',
    8443,
    (host, port) => connectTls({ host, port, rejectUnauthorized: false }),
  ],
  ['the peer listener, without TLS', 8443, (host, port) => connectTcp(port, host)],
  ['the admin listener', 8420, (host, port) => connectTcp(port, host)],
];

describe('malformed input', () => {
  test.each(listeners)(
    'on %s: no crash, no stack, no growth, and it goes on serving',
    async (_, port, open) => {
      const next = random(port);
      const { pid } = office.service;
      const logBefore = office.service.output().length;
      const run = async (times: number): Promise<void> => {
        for (let round = 0; round < times; round++) {
          const attacks = Array.from({ length: atOnce }, async () => {
            const shape = shapes[Math.floor(next() * shapes.length)];
            const bytes = shape?.(next) ?? Buffer.alloc(0);
            const cut = next() < 0.2 ? Math.floor(next() * bytes.length) : bytes.length;
            await attack(() => open(office.address, port), bytes.subarray(0, cut), next() < 0.3);
          });
          await Promise.all(attacks);
        }
      };
      await run(rounds / 3 / atOnce);
      const before = await residentKb();
      await run(rounds / atOnce);

      expect(await residentKb()).toBeLessThan(before + 60_000);
      expect(office.service.pid).toBe(pid);
      const log = office.service.output().slice(logBefore);
      expect(log).not.toMatch(/"level":[56]0|stack|\n {4}at /);
      // Refusals of one address are told of twenty times, for fail2ban, and then no more.
      expect(log.split('\n').length).toBeLessThan(30);
      await expect
        .poll(async () => (await office.interlinks('list')).code, { timeout: patienceMs * 5 })
        .toBe(0);
    },
  );
});
