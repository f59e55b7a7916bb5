import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { DeletionNotices } from './deletion-notices.ts';
import type { NoticeOutcome } from './peer-transport.ts';
import { SampleInterlinks, silentLogger } from './testing/samples.ts';

const failed: NoticeOutcome = { kind: 'failed', reason: 'time-out' };

let samples: SampleInterlinks;
let outcome: NoticeOutcome;
let sentAt: number[];
let notices: DeletionNotices;

function makeNotices(): DeletionNotices {
  const { store, registry } = samples;
  return new DeletionNotices({
    store,
    registry,
    transport: {
      notify: async () => {
        sentAt.push(Date.now());
        return await Promise.resolve(outcome);
      },
      release: async () => await Promise.resolve(),
    },
    logger: silentLogger,
    onStep: () => undefined,
  });
}

beforeEach(() => {
  vi.useFakeTimers({ now: 0 });
  samples = new SampleInterlinks();
  outcome = failed;
  sentAt = [];
  notices = makeNotices();
  notices.start();
});
afterEach(async () => {
  await notices.stop();
  vi.useRealTimers();
});

const pass = async (milliseconds: number) => await vi.advanceTimersByTimeAsync(milliseconds);
const due = async () => (await samples.store.unfinishedEnds()).filter(({ noticeDue }) => noticeDue).length;

test('are repeated from 1 s to 5 min apart, without end, until acknowledged', async () => {
  const { id } = await samples.addActive('ber');
  await samples.bury(id);
  await pass(86_400_000);
  const gaps = sentAt.slice(1).map((at, index) => at - (sentAt[index] ?? 0));
  expect(gaps.slice(0, 10)).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 300].map((seconds) => seconds * 1000));
  expect(new Set(gaps.slice(9))).toEqual(new Set([300_000]));
  outcome = { kind: 'acknowledged' };
  await pass(300_000);
  expect(await due()).toBe(0);
  const { length } = sentAt;
  await pass(86_400_000);
  expect(sentAt).toHaveLength(length);
});

test('a peer that has ended it as well needs no telling', async () => {
  outcome = { kind: 'gone' };
  const { id } = await samples.addActive('ber');
  await samples.bury(id);
  await pass(0);
  expect([await due(), sentAt.length]).toEqual([0, 1]);
});

test('go on after a restart, and after trouble with the own database', async () => {
  const { id } = await samples.addActive('ber');
  await samples.bury(id);
  await pass(0);
  await notices.stop();
  await pass(600_000);
  expect(sentAt).toHaveLength(1);
  outcome = { kind: 'acknowledged' };
  vi.spyOn(samples.store, 'unfinishedEnds').mockRejectedValueOnce(new Error('disk full'));
  vi.spyOn(samples.store, 'markPeerTold').mockRejectedValueOnce(new Error('disk full'));
  notices = makeNotices();
  notices.start();
  await pass(2000);
  expect([await due(), sentAt.length]).toEqual([0, 3]);
});

test('one peer that is away delays no other', async () => {
  const labels = ['ber', 'far'];
  for (const label of labels) {
    const { id } = await samples.addActive(label);
    await samples.bury(id);
  }
  await pass(0);
  expect(sentAt).toHaveLength(2);
});
