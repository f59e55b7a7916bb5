import { once } from 'node:events';
import { connect, type TLSSocket } from 'node:tls';
import { afterEach, describe, expect, test } from 'vitest';
import type { PeerLimits } from './limits.ts';
import { rawRequest } from './testing/raw-request.ts';
import { requestToken } from './testing/raw-token.ts';
import { outcomeOf, SystemPool } from './testing/system-pool.ts';
import { activeOn, link, type TestSystem } from './testing/test-system.ts';
import { bodyHash, newTokenId } from './tokens.ts';
import { paths } from './wire.ts';

const patienceMs = 20_000;
const systems = new SystemPool();
const sockets = new Set<TLSSocket>();

afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  sockets.clear();
  await systems.stopAll();
});

async function berlinWith(limits: Partial<PeerLimits>): Promise<TestSystem> {
  return await systems.start({
    name: 'Berlin',
    address: '127.0.0.2',
    limits,
    answerLookup: () => ({ status: 'shared', ticket: 'T'.repeat(22) }),
  });
}

/** A connection to Berlin that the test writes to by itself, and what came back. */
async function dial(
  berlin: TestSystem,
): Promise<{ socket: TLSSocket; received: () => string; closed: Promise<unknown> }> {
  const socket = connect({ host: berlin.address, port: berlin.port, rejectUnauthorized: false });
  sockets.add(socket);
  let text = '';
  socket.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  socket.on('error', () => undefined);
  const closed = new Promise((resolve) => socket.once('close', resolve));
  await once(socket, 'secureConnect');
  return { socket, received: () => text, closed };
}

/** A lookup of a peer as it goes over the wire. */
function lookup(berlin: TestSystem, peer: TestSystem, lnk: string, more = ''): string {
  const body = JSON.stringify({
    number: '201',
    callId: '018f0000-0000-7000-8000-000000000000',
    caller: { name: '' },
  });
  const iat = Math.floor(Date.now() / 1000);
  const token = requestToken(peer.identity, {
    iss: peer.identity.id,
    aud: berlin.identity.id,
    lnk,
    iat,
    exp: iat + 60,
    jti: newTokenId(),
    bsh: bodyHash(Buffer.from(body)),
    htm: 'POST',
    htu: paths.lookups,
  });
  const head = `POST ${paths.lookups} HTTP/1.1\r\nHost: x\r\n${more}Authorization: Interlink ${token}\r\n`;
  return `${head}Content-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
}

function pairing(berlin: TestSystem, key: string): Promise<{ status: number; text: string }> {
  const authorization = `InterlinkKey ${key}.${'A'.repeat(43)}`;
  return rawRequest(berlin.local.url, paths.pairings, { authorization }, '{}');
}

describe('pairing requests that are refused', () => {
  const limits = { refusedPairings: { burst: 3, perSecond: 0.000_01, maxKeys: 100 } };

  test('are not looked at beyond a number, and get the same answer', async () => {
    const berlin = await berlinWith(limits);
    let asked = 0;
    const whole = berlin.store.issuedPairing.bind(berlin.store);
    berlin.store.issuedPairing = async (id) => {
      asked += 1;
      return await whole(id);
    };
    const replies: { status: number; text: string }[] = [];
    for (let times = 0; times < 6; times++) replies.push(await pairing(berlin, '0'.repeat(26)));
    expect(asked).toBe(3);
    expect(new Set(replies.map(({ status, text }) => `${status} ${text}`))).toEqual(
      new Set(['403 {"code":"refused"}']),
    );
  });

  test('count also with a key, when the address is refused', async () => {
    const berlin = await berlinWith(limits);
    const lisbon = await systems.start({ name: 'Lisbon', address: '127.0.0.3' });
    const key = await berlin.newKey('Lisbon');
    berlin.local.allowLoopback = false;
    const outcomes: string[] = [];
    for (let times = 0; times < 4; times++)
      outcomes.push(outcomeOf(await lisbon.redeemKey.redeem({ name: 'Berlin', key })));
    expect(outcomes).toEqual([...Array<string>(3).fill('peer-address-refused'), 'key-refused']);
  });

  test('do not hinder who has a key, until there are too many; a proved one does not count', async () => {
    const berlin = await berlinWith(limits);
    await pairing(berlin, '0'.repeat(26));
    for (const [name, address] of [
      ['Faro', '127.0.0.3'],
      ['Porto', '127.0.0.4'],
      ['Evora', '127.0.0.5'],
      ['Braga', '127.0.0.6'],
    ] as const) {
      await link(berlin, await systems.start({ name, address }));
    }
    expect(berlin.registry.active()).toHaveLength(4);
  });
});

describe('connections', () => {
  test('that prove nothing: the oldest ends when there are too many; a linked system keeps its own', async () => {
    const berlin = await berlinWith({ connections: { unproved: 3, perInterlink: 8 } });
    const lisbon = await systems.start({ name: 'Lisbon', address: '127.0.0.3' });
    const id = await link(berlin, lisbon);
    const proved = await dial(berlin);
    proved.socket.write(lookup(berlin, lisbon, id));
    await expect.poll(proved.received, { timeout: patienceMs }).toContain('"shared"');

    const idle = [];
    for (let times = 0; times < 5; times++) idle.push(await dial(berlin));

    await idle[0]?.closed;
    await idle[1]?.closed;
    expect(idle.slice(2).map(({ socket }) => socket.destroyed)).toEqual([false, false, false]);
    proved.socket.write(lookup(berlin, lisbon, id));
    await expect.poll(() => proved.received().split('"shared"').length - 1, { timeout: patienceMs }).toBe(2);
  });

  test('of one linked system: the oldest ends when there are too many', async () => {
    const berlin = await berlinWith({ connections: { unproved: 100, perInterlink: 2 } });
    const lisbon = await systems.start({ name: 'Lisbon', address: '127.0.0.3' });
    const id = await link(berlin, lisbon);
    const opened = [];
    for (let times = 0; times < 3; times++) {
      const one = await dial(berlin);
      one.socket.write(lookup(berlin, lisbon, id));
      await expect.poll(one.received, { timeout: patienceMs }).toContain('"shared"');
      opened.push(one);
    }
    await opened[0]?.closed;
    expect(opened.slice(1).map(({ socket }) => socket.destroyed)).toEqual([false, false]);
  });

  test('take a few requests at a time', async () => {
    const berlin = await berlinWith({});
    const lisbon = await systems.start({ name: 'Lisbon', address: '127.0.0.3' });
    const id = await link(berlin, lisbon);
    const one = await dial(berlin);
    one.socket.write(Array.from({ length: 20 }, () => lookup(berlin, lisbon, id)).join(''));
    await one.closed;
    expect(one.received().split('"shared"').length).toBeLessThan(10);
  });

  test.each([
    ['says nothing', ''],
    ['does not finish its head', 'POST /interlink/v1/lookups HTTP/1.1\r\nHost: x\r\n'],
    [
      'does not finish its body',
      `POST ${paths.pairings} HTTP/1.1\r\nHost: x\r\nContent-Length: 500\r\n\r\n{`,
    ],
  ])('who %s is let go', async (_, text) => {
    const berlin = await berlinWith({ requestMs: 300 });
    const slow = await dial(berlin);
    slow.socket.write(text);
    await slow.closed;
    expect(slow.received()).not.toContain('200 OK');
  });
});

describe('heads', () => {
  test('that are too long are refused', async () => {
    const berlin = await berlinWith({});
    const fits = await dial(berlin);
    fits.socket.write(`GET / HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(7000)}\r\n\r\n`);
    await expect.poll(fits.received, { timeout: patienceMs }).toContain('HTTP/1.1 401');
    const long = await dial(berlin);
    long.socket.write(`GET / HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(9000)}\r\n\r\n`);
    await long.closed;
    expect(long.received()).toBe('');
  });

  test('may have so many headers; what comes after them does not count', async () => {
    const berlin = await berlinWith({});
    const lisbon = await systems.start({ name: 'Lisbon', address: '127.0.0.3' });
    const id = await link(berlin, lisbon);
    const few = await dial(berlin);
    few.socket.write(lookup(berlin, lisbon, id, 'X: 1\r\n'.repeat(60)));
    await expect.poll(few.received, { timeout: patienceMs }).toContain('"shared"');
    const many = await dial(berlin);
    many.socket.write(lookup(berlin, lisbon, id, 'X: 1\r\n'.repeat(80)));
    await many.closed;
    expect(many.received()).not.toContain('200 OK');
  });
});

describe('a flood over one interlink', () => {
  test('waits for its answers, and others do not', async () => {
    const waitMs = 3000;
    const berlin = await berlinWith({ requests: { burst: 10, perSecond: 0.001, maxKeys: 10 }, waitMs });
    const lisbon = await systems.start({ name: 'Lisbon', address: '127.0.0.3' });
    const porto = await systems.start({ name: 'Porto', address: '127.0.0.4' });
    const ids = [await link(berlin, lisbon), await link(berlin, porto)];
    const query = {
      number: '201',
      callId: '018f0000-0000-7000-8000-000000000000',
      caller: { number: undefined, name: '' },
    };
    const ask = async (system: TestSystem, id: string | undefined): Promise<unknown> =>
      await system.client.ask(activeOn(system, id ?? ''), query, AbortSignal.timeout(2000));

    const flood = await Promise.all(Array.from({ length: 40 }, () => ask(lisbon, ids[0])));

    expect(flood.filter((answer) => answer !== undefined).length).toBeLessThanOrEqual(10);
    expect(await ask(porto, ids[1])).toMatchObject({ status: 'shared' });
  });
});
