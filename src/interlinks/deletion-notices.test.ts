import { generateKeyPairSync } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { pairingMac, pairingTranscript } from '../domain/pairing-proof.ts';
import { DeletionNotices } from './deletion-notices.ts';
import { dropNotice } from './drop-notice.ts';
import type { NoticeOutcome, PairingDelivery } from './peer-transport.ts';
import { jsonCodec } from './testing/json-codec.ts';
import {
  SampleInterlinks,
  samplePeer,
  sampleProofKey,
  sampleRequest,
  sampleSecrets,
  silentLogger,
} from './testing/samples.ts';

const answered = (status: number): PairingDelivery => ({
  kind: 'answered',
  reply: { status, body: Buffer.from('{}'), mac: undefined, signature: undefined },
});
const seconds = 1000;
const hours = 3_600_000;
const failed: NoticeOutcome = { kind: 'failed', reason: 'time-out' };

const privateKey = generateKeyPairSync('ed25519')
  .privateKey.export({ format: 'pem', type: 'pkcs8' })
  .toString();

let samples: SampleInterlinks;
let outcome: NoticeOutcome;
let sentAt: number[];
let delivery: PairingDelivery;
let requestedAt: number[];
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
      requestPairing: async () => {
        requestedAt.push(Date.now());
        return await Promise.resolve(delivery);
      },
    },
    codec: jsonCodec,
    identity: { privateKey },
    now: Date.now,
    logger: silentLogger,
    onStep: () => undefined,
  });
}

beforeEach(() => {
  vi.useFakeTimers({ now: 0 });
  samples = new SampleInterlinks();
  outcome = failed;
  sentAt = [];
  delivery = { kind: 'unanswered', reason: 'time-out' };
  requestedAt = [];
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
  expect(gaps.slice(0, 10)).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 300].map((gap) => gap * seconds));
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

test('end with the day on which the two are linked anew', async () => {
  const { id } = await samples.addActive('ber');
  await samples.bury(id);
  await pass(0);
  await samples.store.markPeerTold(id);
  await samples.addActive('far');
  await pass(hours);
  expect(sentAt).toHaveLength(1);
});

test('end when an admin does not want to wait, and are of no concern to others who ask', async () => {
  const [untold, other] = [await samples.addActive('ber'), await samples.addActive('far')];
  const deps = { notices, store: samples.store };
  await samples.bury(untold.id);
  await pass(0);
  expect(await dropNotice(deps, other.id)).toMatchObject({ failure: { code: 'not-found' } });
  await notices.learned(other.id);
  expect(await due()).toBe(1);
  expect(await dropNotice(deps, untold.id)).toMatchObject({ value: { id: untold.id } });
  await pass(hours);
  expect([await due(), sentAt.length]).toEqual([0, 1]);
  expect(await dropNotice(deps, untold.id)).toMatchObject({ failure: { code: 'not-found' } });
});

test('a list that was read late makes none forget whom it lacks', async () => {
  const [first, second] = [await samples.addActive('ber'), await samples.addActive('far')];
  const { store } = samples;
  const { promise, resolve } = Promise.withResolvers<void>();
  const read = store.unfinishedEnds.bind(store);
  vi.spyOn(store, 'unfinishedEnds').mockImplementationOnce(async () => {
    const ends = await read();
    await promise;
    return ends;
  });
  await samples.bury(first.id);
  await samples.bury(second.id);
  await pass(0);
  resolve();
  await pass(hours);
  outcome = { kind: 'acknowledged' };
  await pass(hours);
  expect(await due()).toBe(0);
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

test('a peer that was pairing is told at least every 20 s, since it sends nothing that could be refused', async () => {
  const { id } = await samples.addEntered('ber');
  await samples.store.completeRedemption(id, {
    peer: samplePeer('ber'),
    trunkKind: 'pjsip',
    secrets: sampleSecrets,
  });
  await samples.bury(id);
  await pass(hours);
  const gaps = sentAt.slice(1).map((at, index) => at - (sentAt[index] ?? 0));
  expect(gaps.slice(4, 7)).toEqual([16, 20, 20].map((gap) => gap * seconds));
  expect([await due(), requestedAt.length]).toEqual([1, 0]);
});

describe('an issuer that has not answered yet', () => {
  test.each([
    ['is out of reach', { kind: 'unsent', reason: 'ECONNREFUSED' }],
    ['does not answer', { kind: 'unanswered', reason: 'time-out' }],
  ] as const)('is asked again at least every 20 s while it %s, until its key has ended', async (_, what) => {
    delivery = what;
    const { id } = await samples.addEntered('ber', { keyEndsAt: 2 * hours });
    await samples.bury(id);
    await pass(2 * hours);
    expect(await due()).toBe(1);
    expect(requestedAt.length).toBeGreaterThan((1.9 * hours) / (20 * seconds));
    await pass(hours);
    expect(await due()).toBe(0);
    const { length } = requestedAt;
    await pass(hours);
    expect(requestedAt).toHaveLength(length);
    expect(await samples.store.withdrawnRedemption(id)).toBeUndefined();
  });

  test('counts as out of reach while its server is in trouble', async () => {
    delivery = answered(502);
    const { id } = await samples.addEntered('ber', { keyEndsAt: 2 * hours });
    await samples.bury(id);
    await pass(hours);
    expect(await due()).toBe(1);
  });

  test('or that refuses without a proof is asked for 10 minutes, as long as it has patience itself', async () => {
    delivery = answered(403);
    const { id } = await samples.addEntered('ber', { keyEndsAt: 2 * hours });
    await samples.bury(id);
    await pass(600 * seconds);
    expect(await due()).toBe(1);
    await pass(30 * seconds);
    expect(await due()).toBe(0);
  });

  test('and refuses with proof has nothing to be told', async () => {
    const { id } = await samples.addEntered('ber', { keyEndsAt: 2 * hours });
    const body = jsonCodec.encodeRefusal({ code: 'used', name: undefined });
    const transcript = pairingTranscript(sampleRequest, body);
    const mac = pairingMac(sampleProofKey, 'refusal', transcript);
    delivery = { kind: 'answered', reply: { status: 409, body, mac, signature: undefined } };
    await samples.bury(id);
    await pass(0);
    expect([await due(), requestedAt.length, sentAt.length]).toEqual([0, 1, 0]);
  });
});
