import { request } from 'node:http';
import { createServer, type AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, expect } from 'vitest';
import { AccessControl } from '../../access/access-control.ts';
import { MemoryAudit, MemoryTokens } from '../../access/testing/memory-access.ts';
import type { CallRecord } from '../../domain/call.ts';
import { EventHub } from '../../domain/event-hub.ts';
import { fail, ok, type Failure, type FailureCode } from '../../domain/failure.ts';
import { activeInterlink, localNumber } from '../../domain/testing/samples.ts';
import type { AdminDeps } from '../deps.ts';
import { problem } from '../schema.ts';
import { adminServer } from '../server.ts';
import { sampleSystem } from './sample-system.ts';

export const adminToken = 'T'.repeat(43);
export const loopback = '127.0.0.1';
export const lisbon = activeInterlink('Lisbon');
const watched = {
  interlink: lisbon,
  health: { colour: 'green', reason: 'connected' },
  roundTripMs: 2,
} as const;
const ignore = (): void => undefined;

export interface Reply {
  readonly status: number;
  readonly type: string;
  readonly text: string;
  readonly cookie: string;
}

/** An admin server of this test file, and what it was asked for and said. Each test begins afresh. */
export class TestAdmin {
  readonly audit = new MemoryAudit();
  readonly access = new AccessControl({ fileToken: adminToken, store: new MemoryTokens(), now: Date.now });
  readonly logged: unknown[] = [];
  readonly asked: unknown[] = [];
  readonly refused: unknown[] = [];
  unready: readonly Failure[] = [];
  records: readonly CallRecord[] = [];
  redeemKey: AdminDeps['redeemKey'] = async () => ok(lisbon);
  port = 0;
  #uptime = 0;

  /** Starts the server before the tests and ends it after them. */
  constructor() {
    let close: () => Promise<void>;
    beforeAll(async () => {
      this.port = await freePort();
      const listen = { host: loopback, port: this.port };
      const server = adminServer(this.#deps(), { listen, url: 'https://page.berlin.example' });
      close = () => server.close();
      await server.listen(listen);
    });
    beforeEach(() => {
      for (const list of [this.logged, this.asked, this.refused, this.audit.entries]) list.length = 0;
      // Nobody has guessed for a long time.
      this.#uptime += 1_000_000;
      this.unready = [];
      this.records = [];
      this.redeemKey = async () => ok(lisbon);
    });
    afterAll(() => close());
  }

  /** Sends a request exactly as told, the Host header included. */
  async send(
    path: string,
    sent: { method?: string; headers?: Record<string, string>; body?: string; onBegun?: () => void } = {},
  ): Promise<Reply> {
    const { port } = this;
    const headers = { host: `${loopback}:${port}`, authorization: `Bearer ${adminToken}`, ...sent.headers };
    return await new Promise((resolve, reject) => {
      const outgoing = request(
        { host: loopback, port, path, method: sent.method ?? 'GET', headers },
        (response) => {
          let text = '';
          response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
          response.once('data', () => sent.onBegun?.());
          response.on('end', () =>
            resolve({
              status: response.statusCode ?? 0,
              type: response.headers['content-type'] ?? '',
              text,
              cookie: String(response.headers['set-cookie'] ?? ''),
            }),
          );
        },
      );
      outgoing.on('error', reject).end(sent.body);
    });
  }

  async post(path: string, body: unknown, headers: Record<string, string> = {}): Promise<Reply> {
    return await this.send(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
  }

  #deps(): AdminDeps {
    return {
      access: this.access,
      audit: this.audit,
      auditChanged: ignore,
      page: undefined,
      now: Date.now,
      uptime: () => this.#uptime,
      system: () => sampleSystem,
      interlinks: () => [watched],
      endedInterlinks: async () => [],
      watch: (interlink) => ({ ...watched, interlink }),
      generateKey: async (input) => {
        this.asked.push(input);
        return ok({ key: 'ilk1-KEY', interlink: lisbon });
      },
      redeemKey: async (input) => await this.redeemKey(input),
      renameInterlink: async () => fail('name-taken', 'taken', 'Choose another.'),
      setPrefix: async (_id, prefix) => ok({ ...lisbon, ...(prefix !== undefined && { prefix }) }),
      deleteInterlink: async () => fail('not-found', 'no such interlink', 'See the list.'),
      dropNotice: async () => ok(lisbon),
      numbers: () => [localNumber('101', { name: 'Reception' }), localNumber('190', { private: true })],
      setPrivate: async () => fail('not-found', 'no such number', 'See the list.'),
      directories: () => [],
      remoteNumbers: () => [],
      examine: async () => [{ level: 'ok', id: 'disk', where: '/var/lib/interlinks', what: 'enough' }],
      testMedia: async () => fail('not-found', 'no such interlink', 'See the list.'),
      explain: async () => fail('not-found', 'nobody', 'Write PJSIP/101.'),
      events: new EventHub({ instance: 'x', capacity: 2, now: () => 0 }),
      calls: { list: async () => this.records, usage: async () => [] },
      interlinkName: async (id) => id,
      refusals: { refused: (reason, remote) => this.refused.push([reason, remote]) > 0 },
      unready: async () => this.unready,
      metrics: { contentType: 'text/plain', expose: async () => 'metrics' },
      log: { debug: ignore, info: ignore, warn: ignore, error: (fields) => void this.logged.push(fields) },
    };
  }
}

export function expectProblem(reply: Reply, status: number, code: FailureCode): void {
  expect(reply).toMatchObject({ status, type: expect.stringMatching(/^application\/problem\+json/) });
  expect(problem.parse(JSON.parse(reply.text))).toMatchObject({ status, code });
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, loopback, resolve));
  const free = (probe.address() as AddressInfo).port;
  await new Promise((resolve) => probe.close(resolve));
  return free;
}
