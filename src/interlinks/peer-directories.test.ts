import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import type { ActiveInterlink } from '../domain/interlink.ts';
import { isActive } from '../domain/interlink.ts';
import { DirectoryIndex } from './directory-index.ts';
import { PeerDirectories } from './peer-directories.ts';
import { SampleInterlinks } from './testing/samples.ts';

let samples: SampleInterlinks;
let directories: PeerDirectories;
let uptime: number;
let away: Set<string>;

async function start(): Promise<PeerDirectories> {
  const made = new PeerDirectories({
    registry: samples.registry,
    store: samples.store.directories,
    isAway: (id) => away.has(id),
    now: Date.now,
    uptime: () => uptime,
  });
  await made.load();
  return made;
}

beforeEach(async () => {
  samples = new SampleInterlinks();
  uptime = 0;
  away = new Set();
  directories = await start();
});

async function peer(label: string): Promise<ActiveInterlink> {
  const interlink = await samples.addActive(label);
  if (!isActive(interlink)) throw new Error('not active');
  return interlink;
}

const sharing = (revision: string, ...numbers: string[]) => ({
  revision,
  numbers: numbers.map((number) => ({ number, name: `Phone ${number}` })),
});

const many = (revision: string, from: number) =>
  sharing(revision, ...Array.from({ length: 10_000 }, (_, index) => String(from + index)));

/** Such as `ber listed`, in order. */
const possible = (number: string): readonly string[] =>
  directories
    .whoMayHave(number)
    .map(
      ({ interlink, listed, away: gone }) =>
        `${interlink.name} ${listed ? 'listed' : 'doubtful'}${gone ? ' away' : ''}`,
    );

describe('who may have a number', () => {
  test('a peer whose current directory has it, and no other', async () => {
    await directories.receive(await peer('ber'), sharing('1', '101', '102'));
    await directories.receive(await peer('far'), sharing('1', '301'));
    expect(possible('101')).toEqual(['ber listed']);
    expect(possible('301')).toEqual(['far listed']);
    expect(possible('999')).toEqual([]);
  });

  test('the oldest interlink first, whichever directory came first', async () => {
    const [old, middle, young] = [await peer('0'), await peer('1'), await peer('2')];
    for (const one of [young, old, middle]) await directories.receive(one, sharing('1', '101'));
    expect(possible('101')).toEqual(['0 listed', '1 listed', '2 listed']);
  });

  test('a peer that never sent a directory, after those that list it', async () => {
    await peer('ber');
    await directories.receive(await peer('far'), sharing('1', '101'));
    expect(possible('101')).toEqual(['far listed', 'ber doubtful']);
  });

  test('a peer that says it shares something else by now, until that has come', async () => {
    const interlink = await peer('ber');
    await directories.receive(interlink, sharing('1', '101'));
    directories.revisionTold(interlink.id, '2');
    expect(possible('102')).toEqual(['ber doubtful']);
    expect(possible('101')).toEqual(['ber listed']);
    await directories.receive(interlink, sharing('2', '102'));
    expect(possible('101')).toEqual([]);
    expect(possible('102')).toEqual(['ber listed']);
  });

  test('a peer not heard of for 40 s, until it is', async () => {
    const interlink = await peer('ber');
    await directories.receive(interlink, sharing('1', '101'));
    uptime = 40_000;
    expect(possible('999')).toEqual([]);
    uptime = 40_001;
    expect(possible('999')).toEqual(['ber doubtful']);
    directories.revisionTold(interlink.id, '1');
    expect(possible('999')).toEqual([]);
  });

  test('of those away, one whose last directory has it or that never sent one', async () => {
    const [listing, other, silent] = [await peer('0'), await peer('1'), await peer('2')];
    await directories.receive(listing, sharing('1', '101'));
    await directories.receive(other, sharing('1', '301'));
    for (const { id } of [listing, other, silent]) away.add(id);
    uptime = 60_000;
    expect(possible('101')).toEqual(['0 listed away', '2 doubtful away']);
  });

  test('nobody, once the interlink has ended', async () => {
    const interlink = await peer('ber');
    await directories.receive(interlink, sharing('1', '101'));
    await samples.bury(interlink.id);
    expect(possible('101')).toEqual([]);
    expect(directories.revisionOf(interlink.id)).toBeUndefined();
    expect(await directories.receive(interlink, sharing('2', '101'))).toBe(false);
    directories.revisionTold(interlink.id, '2');
    expect(possible('101')).toEqual([]);
  });
});

test('after a restart the directories are there, and in doubt until their peers are heard', async () => {
  const interlink = await peer('ber');
  await directories.receive(interlink, sharing('1', '101'));
  directories = await start();
  expect(possible('101')).toEqual(['ber listed']);
  expect(possible('999')).toEqual(['ber doubtful']);
  directories.revisionTold(interlink.id, '1');
  expect(possible('999')).toEqual([]);
});

test('10,000 numbers are taken without a long stall', async () => {
  const interlink = await peer('ber');
  await directories.receive(interlink, many('1', 10_000));
  const next = many('2', 15_000);
  const started = performance.now();
  await directories.receive(interlink, next);
  // Some 5 ms on an idle machine; the limit is for a busy one.
  expect(performance.now() - started).toBeLessThan(500);
  expect(possible('10000')).toEqual([]);
  expect(possible('24999')).toEqual(['ber listed']);
});

test('the index tells what a search through all directories would', () => {
  const ids = fc.constantFrom('a', 'b', 'c');
  const number = fc.constantFrom('1', '2', '3', '4');
  const change = fc.record({ id: ids, numbers: fc.option(fc.uniqueArray(number)) });
  fc.assert(
    fc.property(fc.array(change), (changes) => {
      const index = new DirectoryIndex();
      const expected = new Map<string, readonly string[]>();
      for (const { id, numbers } of changes) {
        if (numbers === null) {
          index.remove(id);
          expected.delete(id);
        } else {
          index.put(id, { ...sharing('1', ...numbers), receivedAt: 0 });
          expected.set(id, numbers);
        }
      }
      for (const wanted of ['1', '2', '3', '4']) {
        const owners = [...expected].filter(([, has]) => has.includes(wanted)).map(([id]) => id);
        expect([...index.ownersOf(wanted)].toSorted()).toEqual(owners.toSorted());
      }
    }),
  );
});
