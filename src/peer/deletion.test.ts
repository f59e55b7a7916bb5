import { afterEach, describe, expect, test } from 'vitest';
import { steps, type Step } from '../interlinks/steps.ts';
import { toJson } from './json.ts';
import { rawRequest } from './testing/raw-request.ts';
import { losing, SystemPool } from './testing/system-pool.ts';
import { link, type TestSystem, type TestSystemOptions } from './testing/test-system.ts';

const pool = new SystemPool();
afterEach(async () => await pool.stopAll());

/** Whether each system has the interlink. */
function having(id: string, ...systems: readonly TestSystem[]): readonly boolean[] {
  return systems.map(({ registry }) => registry.find(id) !== undefined);
}

async function untilToldAll(...systems: readonly TestSystem[]): Promise<void> {
  for (const { store } of systems) {
    await expect
      .poll(async () => (await store.unfinishedEnds()).filter(({ noticeDue }) => noticeDue), {
        timeout: 15_000,
      })
      .toEqual([]);
  }
}

test.each([
  ['issuer', 0],
  ['redeemer', 1],
])('a deletion by the %s ends the interlink on the other side', async (_, deleting) => {
  const systems = await pool.startBoth();
  const id = await link(...systems);
  await systems[deleting]?.ending.end(id, 'this-side');
  expect(systems[deleting]?.registry.find(id)).toBeUndefined();
  await untilToldAll(...systems);
  expect(having(id, ...systems)).toEqual([false, false]);
});

test('every step of a deletion is in the lists that the crash tests go through, in order', async () => {
  const [berlin, lisbon] = await pool.startBoth();
  const id = await link(berlin, lisbon);
  await (
    await berlin.ending.end(id, 'this-side')
  )?.cleanUp;
  await untilToldAll(berlin);
  await expect.poll(() => lisbon.steps).toEqual([...steps.redeemer, ...steps.end]);
  const atBerlin = (expected: readonly Step[]) => berlin.steps.filter((step) => expected.includes(step));
  expect(atBerlin(steps.end)).toEqual(steps.end);
  await expect.poll(() => atBerlin(steps.notice)).toEqual(steps.notice);
});

test('a deletion by both at once ends, with both told', async () => {
  const [berlin, lisbon] = await pool.startBoth();
  const id = await link(berlin, lisbon);
  await Promise.all([berlin.ending.end(id, 'this-side'), lisbon.ending.end(id, 'this-side')]);
  await untilToldAll(berlin, lisbon);
  expect(having(id, berlin, lisbon)).toEqual([false, false]);
});

test('who was away is told as soon as it is back, also after a restart of the one who tells', async () => {
  const [berlin, lisbon] = await pool.startBoth();
  const id = await link(berlin, lisbon);
  await pool.stop(lisbon);
  await berlin.ending.end(id, 'this-side');
  await pool.stop(berlin);
  const [again, back] = [await pool.restart(berlin), await pool.restart(lisbon)];
  await untilToldAll(again);
  expect(having(id, again, back)).toEqual([false, false]);
});

test('who cannot be told, since it has moved meanwhile, is told by the answer when it asks', async () => {
  const [berlin, lisbon] = await pool.startBoth();
  const id = await link(berlin, lisbon);
  const [interlink] = lisbon.registry.active();
  const [peer] = berlin.registry.active().map((one) => one.peer);
  if (interlink === undefined || peer === undefined) throw new Error('not linked');
  await berlin.store.movePeer(id, { ...peer, url: 'https://127.0.0.9:1' });
  await berlin.registry.refresh(id);
  await berlin.ending.end(id, 'this-side');
  expect(await berlin.store.unfinishedEnds()).toMatchObject([{ noticeDue: true }]);
  const query = { number: '101', callId: crypto.randomUUID(), caller: { name: 'Reception', number: '201' } };
  await lisbon.client.ask(interlink, query, new AbortController().signal);
  await untilToldAll(berlin);
  await expect.poll(() => having(id, lisbon)).toEqual([false]);
});

test('whoever sends anything learns by a signed 410 that the interlink has ended', async () => {
  const [berlin, lisbon] = await pool.startBoth();
  const id = await link(berlin, lisbon);
  await lisbon.store.bury(id, 0, { tellPeer: false });
  lisbon.registry.end(id);
  const interlink = berlin.registry.active()[0];
  if (interlink === undefined) throw new Error('not linked');
  const query = { number: '201', callId: crypto.randomUUID(), caller: { name: 'Reception', number: '101' } };
  await berlin.client.ask(interlink, query, new AbortController().signal);
  await expect.poll(() => having(id, berlin)).toEqual([false]);
});

test('a notice or a 410 that the peer did not sign ends nothing', async () => {
  const [berlin, lisbon] = await pool.startBoth();
  const id = await link(berlin, lisbon);
  const path = '/interlink/v1/notices';
  const body = toJson({ kind: 'deleted' });
  expect((await rawRequest(berlin.local.url, path, {}, body)).status).toBe(401);
  // Porto signs, and names the interlink of the others.
  const porto = await pool.start({ name: 'Porto', address: '127.0.0.4' });
  const [seen] = berlin.registry.active();
  if (seen === undefined) throw new Error('not linked');
  const foreign = { ...seen, peer: { ...seen.peer, id: berlin.identity.id, url: berlin.local.url } };
  const pinned = { ...foreign, peer: { ...foreign.peer, certificate: berlin.identity.certificate } };
  const { signal } = new AbortController();
  expect(await porto.client.notify(pinned, { kind: 'deleted' }, signal)).toMatchObject({ kind: 'failed' });
  // Something at Lisbon's address says 410, without Lisbon's key.
  const forged = { ...seen, peer: { ...seen.peer, publicKey: porto.identity.publicKey } };
  await lisbon.store.bury(id, 0, { tellPeer: false });
  lisbon.registry.end(id);
  expect(await berlin.client.notify(forged, { kind: 'deleted' }, signal)).toMatchObject({ kind: 'failed' });
  expect(having(id, berlin)).toEqual([true]);
});

test('a notice of a kind that this version does not know changes nothing', async () => {
  const [berlin, lisbon] = await pool.startBoth();
  const id = await link(berlin, lisbon);
  const [interlink] = lisbon.registry.active();
  if (interlink === undefined) throw new Error('not linked');
  const notice = { kind: 'painted-blue' } as unknown as { kind: 'deleted' };
  expect(await lisbon.client.notify(interlink, notice, new AbortController().signal)).toEqual({
    kind: 'failed',
    reason: 'status 422',
  });
  expect(having(id, berlin, lisbon)).toEqual([true, true]);
});

test('a key that nobody redeemed is refused once it is deleted, and nobody is told', async () => {
  const [berlin, lisbon] = await pool.startBoth();
  const key = await berlin.newKey('Lisbon');
  const [waiting] = berlin.registry.all();
  await berlin.ending.end(waiting?.id ?? '', 'this-side');
  expect(await lisbon.redeemKey.redeem({ name: 'Berlin', key })).toMatchObject({
    failure: { code: 'key-refused' },
  });
  expect(await berlin.store.unfinishedEnds()).toEqual([]);
});

test('a deleted key or interlink cannot be used again', async () => {
  const [berlin, lisbon] = await pool.startBoth();
  const key = await berlin.newKey('Lisbon');
  const linked = await lisbon.redeemKey.redeem({ name: 'Berlin', key });
  if (!linked.ok) throw new Error(linked.failure.code);
  await berlin.ending.end(linked.value.id, 'this-side');
  await untilToldAll(berlin);
  expect(await lisbon.redeemKey.redeem({ name: 'Berlin', key })).toMatchObject({
    failure: { code: 'key-used' },
  });
  const porto = await pool.start({ name: 'Porto', address: '127.0.0.4' });
  expect(await porto.redeemKey.redeem({ name: 'Berlin', key })).toMatchObject({
    failure: { code: 'key-refused' },
  });
});

describe('during the pairing', () => {
  /** The redeemer's network: loses confirmations while told to, and can be interrupted before an answer arrives. */
  let loses: boolean;
  let beforeAnswer: () => Promise<unknown>;
  const network: Partial<TestSystemOptions> = {
    wrapTransport: (transport) => ({
      requestPairing: async (...parameters) => {
        const delivery = await transport.requestPairing(...parameters);
        await beforeAnswer();
        return delivery;
      },
      confirmPairing: async (...parameters) =>
        loses ? { kind: 'unanswered', reason: 'time-out' } : await transport.confirmPairing(...parameters),
    }),
  };

  async function startPairing(): Promise<[TestSystem, TestSystem, string]> {
    loses = true;
    beforeAnswer = async () => undefined;
    const [berlin, lisbon] = await pool.startBoth(network);
    const id = await link(berlin, lisbon);
    expect([berlin, lisbon].map(({ registry }) => registry.find(id)?.state)).toEqual(['pairing', 'pairing']);
    return [berlin, lisbon, id];
  }

  test('by the issuer: the redeemer learns it when it confirms', async () => {
    const [berlin, lisbon, id] = await startPairing();
    await berlin.ending.end(id, 'this-side');
    loses = false;
    await expect.poll(() => having(id, berlin, lisbon), { timeout: 15_000 }).toEqual([false, false]);
  }, 30_000);

  test('by the redeemer: the issuer is told', async () => {
    const [berlin, lisbon, id] = await startPairing();
    await lisbon.ending.end(id, 'this-side');
    await untilToldAll(berlin, lisbon);
    expect(having(id, berlin, lisbon)).toEqual([false, false]);
  });

  test.each([
    ['the request', 'lost on the way: the key is used up by that', true],
    ['the answer', 'lost on the way back', false],
  ])('by the redeemer, with %s %s', async (_, __, requestLost) => {
    loses = true;
    let deaf = true;
    const [berlin, lisbon] = await pool.startBoth({
      wrapTransport: (transport) => ({
        requestPairing: async (...parameters) => {
          if (deaf && requestLost) return { kind: 'unanswered', reason: 'time-out' };
          const delivery = await transport.requestPairing(...parameters);
          return deaf ? { kind: 'unanswered', reason: 'time-out' } : delivery;
        },
      }),
    });
    const key = await berlin.newKey('Lisbon');
    const result = await lisbon.redeemKey.redeem({ name: 'Berlin', key });
    const id = result.ok ? result.value.id : '';
    await lisbon.ending.end(id, 'this-side');
    expect(having(id, berlin, lisbon)).toEqual([true, false]);
    deaf = false;
    await untilToldAll(lisbon);
    expect(having(id, berlin, lisbon)).toEqual([false, false]);
    const withdrawal: readonly Step[] = [...steps.withdrawal, ...steps.notice];
    expect(lisbon.steps.filter((step) => withdrawal.includes(step))).toEqual(withdrawal);
  });

  test('by the redeemer, which is restarted before it has told', async () => {
    const [berlin, lisbon] = await pool.startBoth(losing('answer'));
    const key = await berlin.newKey('Lisbon');
    const result = await lisbon.redeemKey.redeem({ name: 'Berlin', key });
    const id = result.ok ? result.value.id : '';
    await lisbon.ending.end(id, 'this-side');
    await pool.stop(lisbon);
    expect(having(id, berlin)).toEqual([true]);
    const again = await pool.restart(lisbon);
    await untilToldAll(again);
    expect(having(id, berlin, again)).toEqual([false, false]);
  });

  test('by the redeemer, before it knows who the issuer is', async () => {
    loses = false;
    const [berlin, lisbon] = await pool.startBoth(network);
    const key = await berlin.newKey('Lisbon');
    beforeAnswer = async () => await lisbon.ending.end(lisbon.registry.all()[0]?.id ?? '', 'this-side');
    expect((await lisbon.redeemKey.redeem({ name: 'Berlin', key })).ok).toBe(false);
    await expect.poll(() => berlin.registry.all(), { timeout: 15_000 }).toEqual([]);
    await untilToldAll(berlin, lisbon);
    expect(lisbon.registry.all()).toEqual([]);
  });
});
