import { createServer, type Server, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { AmiClient } from './ami-client.ts';

/** What a manager interface does that real ones do seldom. Answers by action; none: silence. */
type Manner = Readonly<Record<string, (id: string, socket: Socket) => string>>;

const ok = (id: string): string => `Response: Success\r\nActionID: ${id}\r\n\r\n`;
const entry = (id: string): string =>
  `Event: DBGetTreeResponse\r\nKey: /a: b/1\r\nVal: c: d\r\nActionID: ${id}\r\n\r\n`;
const started = (id: string): string =>
  `Response: Success\r\nActionID: ${id}\r\nEventList: start\r\nMessage: Result will follow\r\n\r\n`;
const complete = (id: string): string =>
  `Event: DBGetTreeComplete\r\nActionID: ${id}\r\nEventList: Complete\r\nListItems: 1\r\n\r\n`;

/** Says that something follows, and hangs up. */
const end = (id: string, socket: Socket): string => {
  socket.end(started(id));
  return '';
};

let server: Server;
let manner: Manner;
let heard: string;
let client: AmiClient | undefined;

beforeEach(async () => {
  manner = { login: ok, Events: ok };
  heard = '';
  server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.write('Asterisk Call Manager/11.0.0\r\n');
    socket.setEncoding('utf8').on('data', (text: string) => {
      heard += text;
      for (const [, action = '', id = ''] of text.matchAll(/^Action: (\S+)\r\nActionID: (\S+)/gm)) {
        const answer = manner[action]?.(id, socket);
        if (answer !== undefined && !socket.destroyed) socket.write(answer);
      }
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
});

afterEach(async () => {
  client?.close();
  await new Promise((resolve) => server.close(resolve));
});

async function connect(): Promise<AmiClient> {
  const { port } = server.address() as AddressInfo;
  const access = { host: '127.0.0.1', port, username: 'interlinks', password: 'secret' };
  client = await AmiClient.connect(access, new AbortController().signal);
  return client;
}

test('a list is what came between its beginning and its end', async () => {
  manner = { ...manner, DBGetTree: (id) => `${started(id)}${entry(id)}${entry('another')}${complete(id)}` };
  const entries = await (await connect()).list('DBGetTree', { Family: 'a' });
  expect(entries).toEqual([expect.objectContaining({ key: '/a: b/1', val: 'c: d' })]);
});

test('what Asterisk refuses is an error with its reason', async () => {
  manner = {
    ...manner,
    DBPut: (id) => `Response: Error\r\nActionID: ${id}\r\nMessage: Permission denied\r\n\r\n`,
  };
  const refusal = (await connect()).action('DBPut');
  await expect(refusal).rejects.toMatchObject({ action: 'DBPut', reason: 'Permission denied' });
});

test.each([
  ['an action', (ami: AmiClient) => ami.action('DBPut')],
  ['a list', (ami: AmiClient) => ami.list('DBGetTree')],
])('%s fails at once when the connection ends', async (_what, act) => {
  manner = { ...manner, DBPut: (_id, socket) => end('', socket), DBGetTree: end };
  const ami = await connect();
  await expect(act(ami)).rejects.toThrow('Asterisk closed the connection');
  await ami.ended;
  await expect(act(ami)).rejects.toThrow('Asterisk closed the connection');
});

test('an action without an answer fails after its time', async () => {
  const ami = await connect();
  await expect(ami.action('DBPut')).rejects.toThrow('AMI DBPut: no answer within 2000 ms');
});

test('an Asterisk that answers no pings counts as away', async () => {
  const ami = await connect();
  await expect(ami.ended).resolves.toBeUndefined();
});

test.each(['1\r\n\r\nAction: Ping', 'a\nb', 'a\u0000', 'a\u007f'])(
  '%j goes into no header',
  async (value) => {
    const ami = await connect();
    const before = heard;
    await expect(ami.action('DBPut', { Key: value })).rejects.toThrow(RangeError);
    await expect(ami.action('DBPut', { [value]: 'x' })).rejects.toThrow(RangeError);
    await expect(ami.list(value)).rejects.toThrow(RangeError);
    expect(heard).toBe(before);
  },
);

test('a line that Asterisk would drop is not sent', async () => {
  const ami = await connect();
  await expect(ami.action('DBPut', { Val: 'ü'.repeat(600) })).rejects.toThrow('Val is too long');
});

test('something else that listens there is no AMI', async () => {
  manner = {};
  await expect(connect()).rejects.toThrow('AMI Login: no answer');
});
