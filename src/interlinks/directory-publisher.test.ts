import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { directoryOf } from '../domain/directory.ts';
import type { Directory } from '../domain/directory.ts';
import type { Interlink } from '../domain/interlink.ts';
import { localNumber, numberPlan } from '../domain/testing/samples.ts';
import { DirectoryPublisher } from './directory-publisher.ts';
import type { DirectoryDelivery } from './peer-transport.ts';
import { SampleInterlinks, silentLogger } from './testing/samples.ts';

const acknowledged: DirectoryDelivery = { kind: 'acknowledged' };

let samples: SampleInterlinks;
let publisher: DirectoryPublisher;
let plan: ReturnType<typeof numberPlan>;
let away: Set<string>;
let uptime: number;
/** Name of the interlink and what was sent to it. */
let sent: [string, Directory][];
let answer: (directory: Directory) => DirectoryDelivery | Promise<DirectoryDelivery>;

beforeEach(() => {
  samples = new SampleInterlinks();
  plan = numberPlan(localNumber('101'), localNumber('190', { private: true }));
  away = new Set();
  uptime = 0;
  sent = [];
  answer = () => acknowledged;
  publisher = new DirectoryPublisher({
    registry: samples.registry,
    transport: {
      sendDirectory: async ({ name }, directory) => {
        sent.push([name, directory]);
        return await answer(directory);
      },
    },
    directory: () => directoryOf(plan),
    isAway: (id) => away.has(id),
    uptime: () => uptime,
    logger: silentLogger,
  });
});
afterEach(async () => await publisher.stop());

const share = async (...numbers: Parameters<typeof numberPlan>): Promise<void> => {
  plan = numberPlan(...numbers);
  await publisher.numbersChanged();
};

/** A peer that has everything. */
async function peer(label: string): Promise<Interlink> {
  const interlink = await samples.addActive(label);
  publisher.peerHas(interlink.id, publisher.revision);
  return interlink;
}

/** Lets everything happen that waits for nobody. */
const settled = async (): Promise<void> => await nextTurn();
const toldTo = (): readonly string[] => sent.map(([name]) => name);
const numbersOf = ({ numbers }: Directory): readonly string[] => numbers.map(({ number }) => number);

test('a peer that has nothing, or something else, is told; one that is up to date is not', async () => {
  const [ber, far, new1] = [
    await samples.addActive('ber'),
    await samples.addActive('far'),
    await peer('new'),
  ];
  publisher.peerHas(ber.id, undefined);
  publisher.peerHas(far.id, 'old');
  publisher.peerHas(new1.id, publisher.revision);
  await settled();
  expect(toldTo()).toEqual(['ber', 'far']);
  expect(numbersOf(sent[0]?.[1] ?? directoryOf(plan))).toEqual(['101']);
});

test('a change of what is shared is told to all at once, and is known there when it is answered', async () => {
  await peer('ber');
  await peer('far');
  await share(localNumber('101'), localNumber('190'));
  expect(sent.map(([name, directory]) => [name, numbersOf(directory)])).toEqual([
    ['ber', ['101', '190']],
    ['far', ['101', '190']],
  ]);
  expect(sent[0]?.[1].revision).toBe(publisher.revision);
});

test('a change of private numbers alone is told to nobody and moves no revision', async () => {
  await peer('ber');
  const before = publisher.revision;
  await share(
    localNumber('101'),
    localNumber('191', { private: true }),
    localNumber('192', { private: true }),
  );
  expect(publisher.revision).toBe(before);
  expect(sent).toEqual([]);
});

test('what was not acknowledged is sent again when the peer says that it lacks it', async () => {
  const ber = await peer('ber');
  answer = () => ({ kind: 'failed', reason: 'time-out' });
  await share(localNumber('102'));
  expect(toldTo()).toEqual(['ber']);
  answer = () => acknowledged;
  publisher.peerHas(ber.id, 'what it had before');
  await settled();
  expect(toldTo()).toEqual(['ber', 'ber']);
});

test('what the peer refused is sent again after a minute, or when it has changed', async () => {
  const ber = await peer('ber');
  answer = () => ({ kind: 'refused', reason: 'status 400' });
  await share(localNumber('102'));
  publisher.peerHas(ber.id, 'old');
  uptime = 59_999;
  publisher.peerHas(ber.id, 'old');
  await settled();
  expect(sent).toHaveLength(1);
  await share(localNumber('103'));
  expect(sent).toHaveLength(2);
  uptime = 120_000;
  publisher.peerHas(ber.id, 'old');
  await settled();
  expect(sent).toHaveLength(3);
});

test('a change during a delivery follows it, never overtakes it', async () => {
  await peer('ber');
  const first = Promise.withResolvers<DirectoryDelivery>();
  answer = () => (sent.length === 1 ? first.promise : acknowledged);
  const changes = [share(localNumber('102')), share(localNumber('103'))];
  expect(sent).toHaveLength(1);
  first.resolve(acknowledged);
  await Promise.all(changes);
  expect(sent.map(([, directory]) => numbersOf(directory))).toEqual([['102'], ['103']]);
});

test('who is away or does not know directories keeps nobody waiting', async () => {
  const ber = await peer('ber');
  await samples.addActive('old');
  away.add(ber.id);
  await share(localNumber('102'));
  expect(sent).toEqual([]);
});

test('who reaches this side and cannot be reached is told once it can be', async () => {
  const ber = await peer('ber');
  away.add(ber.id);
  publisher.peerHas(ber.id, 'old');
  await settled();
  expect(sent).toEqual([]);
  away.clear();
  publisher.peerHas(ber.id, 'old');
  await settled();
  expect(toldTo()).toEqual(['ber']);
});

test('who ends while it waits to be told is not', async () => {
  const [ber, far] = [await peer('ber'), await peer('far')];
  answer = () => ({ kind: 'failed', reason: 'time-out' });
  await share(localNumber('102'));
  sent = [];
  const held = Promise.withResolvers<DirectoryDelivery>();
  answer = () => held.promise;
  publisher.peerHas(ber.id, 'old');
  publisher.peerHas(far.id, 'old');
  await samples.bury(far.id);
  held.resolve(acknowledged);
  await settled();
  expect(toldTo()).toEqual(['ber']);
});

test('who has ended is told nothing more', async () => {
  const ber = await peer('ber');
  await samples.bury(ber.id);
  await share(localNumber('102'));
  publisher.peerHas(ber.id, 'old');
  await settled();
  expect(sent).toEqual([]);
});

test('16 are told at the same time', async () => {
  for (let index = 0; index < 20; index += 1) await peer(`${index}x`);
  const held = Promise.withResolvers<DirectoryDelivery>();
  answer = () => held.promise;
  const change = share(localNumber('102'));
  await settled();
  expect(sent).toHaveLength(16);
  held.resolve(acknowledged);
  await change;
  expect(sent).toHaveLength(20);
});

test('whom a directory did not reach is told again one by one, others at the same time', async () => {
  const missing = [await peer('ber'), await peer('far'), await peer('new')];
  answer = () => ({ kind: 'failed', reason: 'time-out' });
  await share(localNumber('102'));
  const other = await peer('other');
  sent = [];
  const held = [0, 1, 2, 3, 4].map(() => Promise.withResolvers<DirectoryDelivery>());
  answer = () => held[sent.length - 1]?.promise ?? acknowledged;
  for (const { id } of [...missing, other]) publisher.peerHas(id, 'old');
  await settled();
  expect(toldTo()).toEqual(['ber', 'other']);
  held[0]?.resolve(acknowledged);
  await settled();
  expect(toldTo()).toEqual(['ber', 'other', 'far']);
  held[2]?.resolve({ kind: 'failed', reason: 'time-out' });
  await settled();
  expect(toldTo()).toEqual(['ber', 'other', 'far', 'new']);
  for (const { resolve } of held) resolve(acknowledged);
  await settled();
  const again = share(localNumber('103'));
  await settled();
  expect(toldTo().slice(4).toSorted()).toEqual(['ber', 'far', 'new', 'other']);
  await again;
});
