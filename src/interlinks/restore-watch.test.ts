import { beforeEach, expect, test } from 'vitest';
import { sealMark, type ChangeMark } from '../domain/change-mark.ts';
import type { Interlink } from '../domain/interlink.ts';
import { RestoreWatch } from './restore-watch.ts';
import { MemoryHistory } from './testing/memory-history.ts';
import { SampleInterlinks, silentLogger } from './testing/samples.ts';

const privateKey = 'own key';
const tagOf = (label: string) => label.padEnd(22, '_');
const markOf = (label: string, madeAt: number) => ({ tag: tagOf(label), madeAt });
const sealed = (label: string, madeAt: number, key = privateKey) => sealMark(key, markOf(label, madeAt));

let samples: SampleInterlinks;
let store: MemoryHistory;
let warnings: object[];
let lisbon: Interlink;

beforeEach(async () => {
  samples = new SampleInterlinks();
  store = new MemoryHistory();
  warnings = [];
  store.marks.push(markOf('kept', 1000));
  lisbon = await samples.addActive('1isb0n');
});

async function startWatch(): Promise<RestoreWatch> {
  const logger = { ...silentLogger, warn: (fields: object | string) => void warnings.push(Object(fields)) };
  const watch = new RestoreWatch({ store, registry: samples.registry, identity: { privateKey }, logger });
  await watch.start();
  return watch;
}

async function told(watch: RestoreWatch, own: string | undefined, yours: string | undefined): Promise<void> {
  watch.historyTold(lisbon.id, { own, yours });
  await watch.stop();
}

test('a peer that knows no more than the database says nothing about a restore', async () => {
  const watch = await startWatch();
  await told(watch, undefined, sealed('kept', 1000));
  expect(warnings).toEqual([]);
  expect(watch.historyFor(lisbon.id)).toEqual({ own: sealed('kept', 1000), yours: undefined });
});

test('a mark that the database does not have is a restore, said once, with the keys', async () => {
  const watch = await startWatch();
  store.lost = [await samples.addKey('p0rt0')];
  await told(watch, undefined, sealed('lost', 2000));
  await told(watch, undefined, sealed('lost', 2000));
  expect(warnings).toEqual([{ changedAt: '1970-01-01T00:00:02.000Z', keys: ['p0rt0'] }]);
});

test('a mark that a peer makes up says nothing', async () => {
  const watch = await startWatch();
  await told(watch, undefined, sealed('lost', 2000, 'the key of the peer'));
  expect(warnings).toEqual([]);
});

test('a peer is told a newer mark only when it has told back what it remembers', async () => {
  const watch = await startWatch();
  expect(watch.historyFor(lisbon.id).own).toBeUndefined();
  watch.historyTold(lisbon.id, { own: undefined, yours: sealed('lost', 2000) });
  expect(watch.historyFor(lisbon.id).own).toBeUndefined();
  await watch.stop();
  expect(watch.historyFor(lisbon.id).own).toBe(sealed('kept', 1000));
});

test('the newest mark of a peer is told back, also after a restart', async () => {
  const watch = await startWatch();
  await told(watch, sealed('new', 3000, 'theirs'), undefined);
  await told(watch, sealed('old', 2000, 'theirs'), undefined);
  expect(watch.historyFor(lisbon.id).yours).toBe(sealed('new', 3000, 'theirs'));
  expect((await startWatch()).historyFor(lisbon.id).yours).toBe(sealed('new', 3000, 'theirs'));
});

test('a database older than what was noted beside it is noticed at the start', async () => {
  store.noted = sealed('lost', 2000);
  await startWatch();
  expect(warnings).toHaveLength(1);
});

test('each change is noted beside the database', async () => {
  const watch = await startWatch();
  expect(store.noted).toBe(sealed('kept', 1000));
  store.marks.push(markOf('next', 1001));
  await samples.registry.refresh(lisbon.id);
  await watch.stop();
  expect(store.noted).toBe(sealed('next', 1001));
});

test('however often a peer tells, while the database is away only its last word waits', async () => {
  const watch = await startWatch();
  const back = Promise.withResolvers<void>();
  const asked: ChangeMark[] = [];
  const adoptMark = store.adoptMark.bind(store);
  store.adoptMark = async (mark) => {
    asked.push(mark);
    await back.promise;
    return await adoptMark(mark);
  };
  for (let times = 1; times <= 1000; times += 1) {
    watch.historyTold(lisbon.id, {
      own: sealed('theirs', 5000 - times, 'theirs'),
      yours: sealed(`our${times}`, 5000 + times),
    });
    await Promise.resolve();
  }
  back.resolve();
  await watch.stop();
  await told(watch, undefined, sealed('our1000', 6000));
  expect(asked.length).toBeLessThan(4);
  expect(asked.at(-1)).toEqual(markOf('our1000', 6000));
  expect(watch.historyFor(lisbon.id).yours).toBe(sealed('theirs', 4999, 'theirs'));
});

test('what a peer tells while its earlier word is being written is not lost', async () => {
  const watch = await startWatch();
  const writing = Promise.withResolvers<void>();
  const remember = store.rememberPeerMark.bind(store);
  store.rememberPeerMark = async (...mark) => {
    await writing.promise;
    await remember(...mark);
  };
  const [earlier, later] = [sealed('theirs', 2000, 'theirs'), sealed('theirs', 3000, 'theirs')];
  watch.historyTold(lisbon.id, { own: earlier, yours: undefined });
  await new Promise(setImmediate);
  watch.historyTold(lisbon.id, { own: later, yours: undefined });
  writing.resolve();
  await watch.stop();
  expect(watch.historyFor(lisbon.id).yours).toBe(later);
});
