import { EventEmitter } from 'node:events';
import { mkdir, mkdtemp, rm, rmdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { trunkName } from '../domain/interlink.ts';
import type { Trunk, TrunkState } from '../interlinks/trunk-provisioner.ts';
import type { AmiConnection } from './ami-connection.ts';
import { AmiRefusal } from './ami-errors.ts';
import type { AriConnection } from './ari-connection.ts';
import { Iax2Trunks } from './iax2-trunks.ts';

const name = trunkName('a'.repeat(16));
const trunk: Trunk = {
  name,
  address: { kind: 'iax2', host: '127.0.0.2', port: 4569 },
  secrets: { inbound: 'in', outbound: 'out' },
};

/** An Asterisk that does what `answer` says when chan_iax2 is reloaded. */
async function setUp() {
  const folder = await mkdtemp(join(tmpdir(), 'iax2-trunks-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const asterisk = { reloads: 0, answer: (): void => undefined };
  const states: [string, TrunkState][] = [];
  const file = join(folder, 'iax.conf');
  const ari = Object.assign(new EventEmitter(), { call: async () => undefined });
  const ami = {
    action: async () => {
      asterisk.answer();
      asterisk.reloads += 1;
    },
    list: async () => [{ objectname: name, status: 'OK (1 ms)' }],
  };
  const start = (): Iax2Trunks =>
    new Iax2Trunks({
      ari: ari as unknown as AriConnection,
      ami: ami as unknown as AmiConnection,
      file,
      application: 'interlinks',
      codecs: () => ['alaw'],
      onState: (...told) => states.push(told),
    });
  return { asterisk, ari, start, states, file };
}

function away(): never {
  throw new Error('no connection to AMI');
}

test('Asterisk that was away when the last trunk ended is told later, and then left alone', async () => {
  const { asterisk, ari, start } = await setUp();
  const trunks = start();
  await trunks.put(trunk);
  await trunks.apply();
  expect(asterisk.reloads).toBe(1);
  await trunks.remove(name);
  asterisk.answer = away;
  await expect(trunks.apply()).rejects.toThrow('no connection to AMI');
  asterisk.answer = () => undefined;
  await trunks.remove(name);
  await trunks.apply();
  expect(asterisk.reloads).toBe(2);
  ari.emit('down');
  await trunks.apply();
  expect(asterisk.reloads).toBe(2);
});

test('so is one that a service, killed after it had written the file, has not told', async () => {
  const { asterisk, start } = await setUp();
  const killed = start();
  await killed.put(trunk);
  await killed.apply();
  await killed.remove(name);
  asterisk.answer = away;
  await expect(killed.apply()).rejects.toThrow('no connection to AMI');
  asterisk.answer = () => undefined;
  const next = start();
  await next.apply();
  await next.apply();
  expect(asterisk.reloads).toBe(2);
});

test('without trunks, Asterisk need not have chan_iax2, and is not asked for it', async () => {
  const { asterisk, start } = await setUp();
  asterisk.answer = () => {
    throw new AmiRefusal('Reload', 'No such module');
  };
  await start().apply();
  const trunks = start();
  await trunks.put(trunk);
  await expect(trunks.apply()).rejects.toThrow('Asterisk has not loaded chan_iax2');
  await trunks.remove(name);
  await trunks.apply();
});

test('tells the states of IAX2 peers and of no other device', async () => {
  const { ari, start, states } = await setUp();
  start();
  for (const device of [`IAX2/${name}`, `PJSIP/${name}`, 'PJSIP/101'])
    ari.emit('DeviceStateChanged', { device_state: { name: device, state: 'UNAVAILABLE' } });
  expect(states).toEqual([[name, 'down']]);
});

test('a file that could not be read is read again', async () => {
  const { start, file } = await setUp();
  await mkdir(file);
  const trunks = start();
  await expect(trunks.list()).rejects.toThrow('EISDIR');
  await rmdir(file);
  expect(await trunks.list()).toEqual([]);
});
