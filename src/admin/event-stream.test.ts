import { request } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { fastify, type FastifyInstance } from 'fastify';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Actor } from '../access/access-control.ts';
import { EventHub } from '../domain/event-hub.ts';
import type { SystemEvent } from '../domain/system-event.ts';
import { addEventStream } from './event-stream.ts';
import { sampleSystem } from './testing/sample-system.ts';

let server: FastifyInstance;
let events: EventHub<SystemEvent>;
let port: number;
/** The latest one. */
let served: ServerResponse;
let revoke: (id: string) => void;
let now: number;

const token = {
  id: 'token-1',
  kind: 'token',
  name: 'Dashboard',
  scope: 'read',
  createdAt: 0,
  expiresAt: 15_000,
  lastUsedAt: undefined,
} as const;
const actor: Actor = { name: 'token (Dashboard)', user: 'Dashboard', scope: 'read', token };

beforeEach(async () => {
  now = 0;
  server = fastify({ forceCloseConnections: true });
  events = new EventHub({ instance: 'x', capacity: 2, now: () => 0 });
  server.decorateRequest('actor', undefined);
  server.addHook('onRequest', async (request, reply) => {
    request.actor = actor;
    served = reply.raw;
  });
  addEventStream(server, {
    access: {
      onRevoked: (listener) => {
        revoke = listener;
        return () => undefined;
      },
    },
    now: () => now,
    events,
    system: () => sampleSystem,
    interlinks: () => [],
  });
  await server.listen({ host: '127.0.0.1', port: 0 });
  ({ port } = server.server.address() as AddressInfo);
});
afterEach(async () => {
  vi.useRealTimers();
  await server.close();
});

/** Reads until there are so many events. @returns each as `id type` */
async function read(count: number, lastId?: string): Promise<readonly string[]> {
  const response = await open(lastId);
  let text = '';
  for await (const chunk of response) {
    text += String(chunk);
    const found = [...text.matchAll(/^id: (\S+)\nevent: (\S+)\ndata: .+\n\n/gm)];
    if (found.length >= count) return found.map(([, id, type]) => `${id} ${type}`);
  }
  throw new Error(`the stream ended after ${text}`);
}

async function open(lastId?: string): Promise<IncomingMessage> {
  return await new Promise((resolve, reject) => {
    const headers = lastId === undefined ? {} : { 'last-event-id': lastId };
    request({ host: '127.0.0.1', port, path: '/api/v1/events', headers }, resolve).on('error', reject).end();
  });
}

const change = (): void => events.publish({ kind: 'system-changed' });

test('begins with the state of everything, and goes on with what happens', async () => {
  const response = await open();
  change();
  let text = '';
  for await (const chunk of response) {
    text += String(chunk);
    if (text.includes('system-changed')) break;
  }
  expect(text).toMatch(/^id: x-0\nevent: reset\ndata: \{"type":"reset".*"name":"Berlin".*\}\n\nid: x-1\n/);
});

test('gives who comes back what was missed', async () => {
  change();
  change();
  expect(await read(1, 'x-1')).toEqual(['x-2 system-changed']);
  expect(await read(2, 'x-0')).toEqual(['x-1 system-changed', 'x-2 system-changed']);
});

test('gives who missed too much, or comes from before a restart, the state of everything', async () => {
  for (let i = 0; i < 3; i += 1) change();
  expect(await read(1, 'x-0')).toEqual(['x-3 reset']);
  expect(await read(1, 'y-3')).toEqual(['x-3 reset']);
});

test('ends in good order when the service stops', async () => {
  const response = await open();
  response.resume();
  const ended = new Promise((resolve) => response.once('end', resolve));
  await server.close();
  await ended;
  expect(response.complete).toBe(true);
});

test('writes nothing more once it has ended, though its client does not read', async () => {
  const response = await open();
  response.pause();
  const errors: unknown[] = [];
  served.on('error', (error) => errors.push(error));
  while (served.writableLength === 0) {
    served.write('x'.repeat(1024 * 1024));
    await setImmediate();
  }

  revoke('token-2');
  expect(served.writableEnded).toBe(false);
  revoke('token-1');
  expect(served.writableEnded).toBe(true);
  change();
  await setImmediate();
  expect(served.destroyed).toBe(false);
  expect(errors).toEqual([]);
});

test('an error of a response ends it alone', async () => {
  await open();
  const closed = new Promise((resolve) => served.once('close', resolve));
  // Fastify listens for the first.
  for (let i = 0; i < 2; i += 1) served.emit('error', new Error('broken'));
  await closed;
  expect(await read(1)).toEqual(['x-0 reset']);
});

test('ends when its token expires', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  await open();
  const ended: boolean[] = [];
  for (now of [10_000, 20_000]) {
    vi.advanceTimersByTime(10_000);
    ended.push(served.writableEnded);
  }
  expect(ended).toEqual([false, true]);
  expect(vi.getTimerCount()).toBe(0);
});
