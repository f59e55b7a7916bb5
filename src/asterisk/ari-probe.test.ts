import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { probeAri } from './ari-probe.ts';

const info = '/ari/asterisk/info?only=system';
const description = '/ari/api-docs/resources.json';

let server: Server;
let statuses: Readonly<Record<string, number>>;

beforeEach(async () => {
  statuses = { [info]: 200, [description]: 200 };
  server = createServer(({ url = '', headers }, response) => {
    const known = headers.authorization === `Basic ${btoa('interlinks:secret')}`;
    response.writeHead(known ? (statuses[url] ?? 404) : 401).end('{}');
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
});

afterEach(() => {
  server.closeAllConnections();
  server.close();
});

async function probe(password = 'secret'): Promise<void> {
  const { port } = server.address() as AddressInfo;
  const access = { url: `http://127.0.0.1:${port}`, username: 'interlinks', password };
  await probeAri(access, new AbortController().signal);
}

test('an ARI that answers is fine', () => expect(probe()).resolves.toBeUndefined());

test('a wrong password is said as such, without showing it', async () => {
  const error = await probe('wrong one').catch((refusal: unknown) => refusal);
  expect(error).toMatchObject({ failure: { code: 'ari-unauthorized' } });
  expect(String(error)).not.toContain('wrong one');
});

test.each([
  ['ARI', info, 404],
  ['ARI while Asterisk boots', info, 503],
  ["ARI's description", description, 404],
])('%s that is missing is a matter of the set-up', async (_what, path, status) => {
  statuses = { ...statuses, [path]: status };
  const failure = { code: 'asterisk-setup', message: expect.stringContaining(String(status)) };
  await expect(probe()).rejects.toMatchObject({ failure });
});

test('an Asterisk that does not answer is unreachable', async () => {
  const { port } = server.address() as AddressInfo;
  server.close();
  const access = { url: `http://127.0.0.1:${port}`, username: 'interlinks', password: 'secret' };
  await expect(probeAri(access, new AbortController().signal)).rejects.toMatchObject({
    failure: { code: 'ari-unreachable' },
  });
});
