import { readFile } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { AmiConnection, type AmiOptions } from '../../src/asterisk/ami-connection.ts';
import { claimAddress, type LoopbackAddress } from '../rig/addresses.ts';
import { startPbx, type Pbx } from '../rig/pbx.ts';

let address: LoopbackAddress;
let pbx: Pbx;
let ami: AmiConnection;
let told: (string | undefined)[];

beforeAll(async () => {
  address = await claimAddress();
  pbx = await startPbx({ address: address.ip, sharedFolder: '/nonexistent', phones: [] });
});

afterAll(async () => {
  await pbx.stop();
  address.release();
});

afterEach(() => ami.stop());

/** Starts to connect; `told` gets the codes of what the log says. */
function open(change: Partial<AmiOptions> = {}, setUp: () => Promise<void> = async () => undefined): void {
  told = [];
  const note = (fields: unknown, message?: string): void => {
    told.push(message === undefined ? String(fields) : (fields as { code?: string }).code);
  };
  const log = { debug: note, info: note, warn: note, error: note } as unknown as AmiOptions['log'];
  ami = new AmiConnection({ ...pbx.ami, log, ...change });
  ami.start(setUp);
}

function connected(change: Partial<AmiOptions> = {}): Promise<void> {
  return new Promise((resolve) => open(change, async () => resolve()));
}

async function failed(change: Partial<AmiOptions>, setUp?: () => Promise<void>): Promise<string | undefined> {
  open(change, setUp);
  await new Promise<void>((resolve) => ami.once('failed', resolve));
  return ami.failure?.code;
}

test('the account has the rights that are needed and hardly more', async () => {
  await connected();
  await ami.action('DBPut', { Family: 'interlinks/number', Key: '101', Val: 'x' });
  const listed = await ami.list('DBGetTree', { Family: 'interlinks' });
  expect(listed).toEqual([expect.objectContaining({ key: '/interlinks/number/101', val: 'x' })]);
  await ami.action('DBDel', { Family: 'interlinks/number', Key: '101' });
  for (const [action, fields] of [
    ['Originate', { Channel: 'Local/1@phones', Application: 'Echo' }],
    ['Command', { Command: 'core show version' }],
    ['UpdateConfig', { SrcFilename: 'manager.conf', DstFilename: 'manager.conf' }],
    ['Setvar', { Variable: 'IL_HEARTBEAT', Value: '0' }],
  ] as const) {
    await expect(ami.action(action, fields)).rejects.toMatchObject({ reason: 'Permission denied' });
  }
});

test('a wrong password is said as such, without showing it', async () => {
  expect(await failed({ password: 'not the secret' })).toBe('ami-unauthorized');
  expect(JSON.stringify(ami.failure)).not.toContain('not the secret');
});

test('a right that is missing is said as such', async () => {
  const code = await failed(
    {},
    async () => void (await ami.action('Command', { Command: 'core show version' })),
  );
  expect(code).toBe('ami-unauthorized');
  expect(ami.failure?.remedy).toContain('write=system');
});

test('nobody there is unreachable', async () => {
  expect(await failed({ port: 9 })).toBe('ami-unreachable');
  await expect(ami.action('Ping')).rejects.toThrow('no connection');
});

/** The state of a process, see proc(5). */
async function stateOf(pid: number): Promise<string> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => 'State: gone');
  return /State:\s+(\S+)/.exec(status)?.[1] ?? '';
}

test('nobody stays logged in when there is nothing to do, and the next action connects again', async () => {
  await connected();
  await expect.poll(sessions, { timeout: 20_000 }).toBe(0);
  expect(ami.connected).toBe(true);
  const both = ['1', '2'].map(async (value) => {
    await ami.action('DBPut', { Family: 'interlinks/number', Key: '102', Val: value });
  });
  await Promise.all(both);
  const listed = await ami.list('DBGetTree', { Family: 'interlinks' });
  expect(listed).toEqual([expect.objectContaining({ key: '/interlinks/number/102', val: '2' })]);
  expect(await sessions()).toBe(1);
  await ami.action('DBDel', { Family: 'interlinks/number', Key: '102' });
});

/** How many are logged in at AMI. */
async function sessions(): Promise<number> {
  const shown = await pbx.asterisk.cli('manager show connected');
  return Number(/(\d+) users connected/.exec(shown)?.[1]);
}

test('a connection comes back after Asterisk does, as often as it takes', async () => {
  let connections = 0;
  let connection = Promise.withResolvers<void>();
  open({}, async () => {
    connections += 1;
    connection.resolve();
  });
  await connection.promise;
  for (const signal of ['SIGKILL', 'SIGSTOP'] as const) {
    const down = new Promise<void>((resolve) => ami.once('down', resolve));
    connection = Promise.withResolvers<void>();
    pbx.asterisk.kill(signal);
    await expect.poll(() => stateOf(pbx.asterisk.pid)).toMatch(signal === 'SIGSTOP' ? /T/ : /Z|gone/);
    const waiting = ami.action('DBPut', { Family: 'interlinks/number', Key: '1', Val: '' });
    await expect(waiting).rejects.toThrow(/AMI/);
    await down;
    if (signal === 'SIGSTOP') pbx.asterisk.kill('SIGCONT');
    else await pbx.asterisk.restart();
    await connection.promise;
  }
  expect(connections).toBe(3);
});
