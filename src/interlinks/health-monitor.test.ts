import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Interlink } from '../domain/interlink.ts';
import { HealthMonitor } from './health-monitor.ts';
import type { Heartbeat, HeartbeatOutcome } from './peer-transport.ts';
import { SampleInterlinks, silentLogger } from './testing/samples.ts';

const beat: Heartbeat = {
  version: '2.0',
  protocol: 3,
  name: 'Lisbon now',
  trunk: 'up',
  directory: { shares: 'theirs', has: 'ours' },
  history: { own: 'their mark', yours: 'our mark' },
};
const history = { own: 'our mark', yours: 'their mark' };
const revisions = { shares: 'ours', has: 'theirs' };

let samples: SampleInterlinks;
let monitor: HealthMonitor;
let sent: Heartbeat[];
let outcome: (id: string) => HeartbeatOutcome | Promise<HeartbeatOutcome>;
let skew: number;
let toldRevisions: unknown[];
let toldHistory: unknown[];

const answered = (): HeartbeatOutcome => ({
  kind: 'answered',
  reply: { ...beat, now: Date.now() + skew },
  roundTripMs: 0,
});
const missed = (): HeartbeatOutcome => ({ kind: 'missed', reason: 'time-out' });

beforeEach(() => {
  vi.useFakeTimers();
  samples = new SampleInterlinks();
  sent = [];
  toldRevisions = [];
  toldHistory = [];
  outcome = answered;
  skew = 0;
  monitor = makeMonitor(samples, async (heartbeat, id) => {
    sent.push(heartbeat);
    return await outcome(id);
  });
  monitor.start();
  monitor.asteriskConnectionChanged(true);
});
function makeMonitor(
  { registry }: SampleInterlinks,
  send: (heartbeat: Heartbeat, id: string) => Promise<HeartbeatOutcome>,
): HealthMonitor {
  return new HealthMonitor({
    registry,
    transport: { heartbeat: async ({ id }, heartbeat) => await send(heartbeat, id) },
    directories: { revisionsFor: () => revisions, revisionsTold: (...told) => toldRevisions.push(told) },
    history: { historyFor: () => history, historyTold: (...told) => toldHistory.push(told) },
    system: () => ({ name: 'Berlin' }),
    contact: () => undefined,
    version: '1.0',
    protocol: 3,
    now: Date.now,
    uptime: Date.now,
    logger: silentLogger,
  });
}

afterEach(async () => {
  await monitor.stop();
  vi.useRealTimers();
});

const pass = async (milliseconds: number) => await vi.advanceTimersByTimeAsync(milliseconds);

async function addGreen(): Promise<Interlink> {
  const interlink = await samples.addActive('ber');
  monitor.heard(interlink, beat);
  monitor.trunkStateChanged(interlink.id, 'up');
  await pass(0);
  return interlink;
}

async function addMany(count: number): Promise<readonly Interlink[]> {
  const added: Interlink[] = [];
  for (let index = 0; index < count; index += 1) added.push(await samples.addActive(String(1000 + index)));
  return added;
}

test('beats at once and then every 6 s, as long as nothing comes from the other side', async () => {
  await samples.addActive('ber');
  await pass(0);
  expect(sent).toEqual([
    { version: '1.0', protocol: 3, name: 'Berlin', trunk: 'unknown', directory: revisions, history },
  ]);
  await pass(5999);
  expect(sent).toHaveLength(1);
  await pass(1);
  expect(sent).toHaveLength(2);
});

test('takes turns with the other side, so that one of them beats every 5 s', async () => {
  const interlink = await addGreen();
  const before = sent.length;
  for (let turn = 0; turn < 6; turn += 1) {
    await pass(5000);
    monitor.heard(interlink, beat);
    await pass(5000);
  }
  expect(sent).toHaveLength(before + 6);
  expect(monitor.healthOf(interlink).colour).toBe('green');
});

test('of a peer that sends one heartbeat after the other, a few are heeded, and each is answered', async () => {
  const interlink = await addGreen();
  let changes = 0;
  monitor.subscribe(() => (changes += 1));
  const [marks, revised, asked] = [toldHistory.length, toldRevisions.length, sent.length];
  for (let times = 0; times < 1000; times += 1) {
    const reply = monitor.heard(interlink, { ...beat, trunk: times % 2 === 0 ? 'down' : 'up' });
    expect(reply.name).toBe('Berlin');
  }
  for (const heeded of [changes, toldHistory.length - marks, toldRevisions.length - revised])
    expect([heeded > 0, heeded <= 20]).toEqual([true, true]);
  expect(sent.length).toBe(asked);
  await pass(1000);
  monitor.heard(interlink, { ...beat, trunk: 'down' });
  expect(monitor.healthOf(interlink).colour).toBe('amber');
});

test('two sides that began in one moment take turns from the second beat on', async () => {
  const there = new SampleInterlinks();
  const interlink = await there.addActive('far');
  Object.assign(interlink, { role: 'redeemer' });
  let beats = 0;
  const across = async (
    to: HealthMonitor,
    of: Interlink,
    heartbeat: Heartbeat,
  ): Promise<HeartbeatOutcome> => {
    beats += 1;
    await new Promise((resolve) => setTimeout(resolve, 20));
    const reply = to.heard(of, heartbeat);
    await new Promise((resolve) => setTimeout(resolve, 20));
    return { kind: 'answered', reply, roundTripMs: 40 };
  };
  const other = makeMonitor(there, async (heartbeat) => await across(monitor, here, heartbeat));
  outcome = async () => await across(other, interlink, sent.at(-1) ?? beat);
  const here = await samples.addActive('ber');
  other.start();
  await pass(100);
  expect(beats).toBe(2);
  await pass(60_000);
  expect(beats - sent.length).toBe(6);
  expect(sent.length).toBe(7);
  for (const heardAt of [monitor.signsOf(here.id)?.heardAt, other.signsOf(interlink.id)?.heardAt]) {
    expect(heardAt).toBeGreaterThan(Date.now() - 11_000);
  }
  await other.stop();
});

test('finds out whether it is heard, however often the other side beats', async () => {
  const interlink = await addGreen();
  const before = sent.length;
  for (let second = 0; second < 33; second += 1) {
    await pass(1000);
    monitor.heard(interlink, beat);
  }
  expect(sent).toHaveLength(before + 3);
});

test('is green as soon as both directions and both trunks answer', async () => {
  const interlink = await samples.addActive('ber');
  await pass(0);
  expect(monitor.healthOf(interlink).reason).toBe('connecting');
  monitor.heard(interlink, { ...beat, trunk: 'unknown' });
  expect(monitor.healthOf(interlink).reason).toBe('trunk not checked yet');
  monitor.trunkStateChanged(interlink.id, 'up');
  monitor.heard(interlink, beat);
  expect(monitor.healthOf(interlink)).toEqual({ colour: 'green', reason: 'connected' });
});

test('tells the peer of its trunk at once', async () => {
  const { id } = await addGreen();
  const before = sent.length;
  monitor.trunkStateChanged(id, 'down');
  await pass(0);
  expect(sent.slice(before)).toEqual([
    { version: '1.0', protocol: 3, name: 'Berlin', trunk: 'down', directory: revisions, history },
  ]);
  monitor.trunkStateChanged(id, 'down');
  await pass(0);
  expect(sent).toHaveLength(before + 1);
});

describe('a silent peer', () => {
  test('is away after two misses, and back at its first word', async () => {
    const interlink = await addGreen();
    outcome = missed;
    await pass(6000);
    expect(monitor.isAway(interlink.id)).toBe(false);
    await pass(5000);
    expect(monitor.isAway(interlink.id)).toBe(true);
    await pass(20_000);
    expect(monitor.healthOf(interlink)).toMatchObject({
      colour: 'red',
      reason: expect.stringMatching(/^does not answer since .* \(nothing comes back\)$/),
    });
    outcome = answered;
    monitor.heard(interlink, beat);
    await pass(0);
    expect(monitor.healthOf(interlink).colour).toBe('green');
    expect(monitor.isAway(interlink.id)).toBe(false);
  });

  test('that hangs is asked by one request at a time', async () => {
    outcome = async () => await new Promise((resolve) => setTimeout(() => resolve(missed()), 12_000));
    await samples.addActive('ber');
    await pass(11_999);
    expect(sent).toHaveLength(1);
    await pass(2);
    expect(sent).toHaveLength(2);
    outcome = answered;
    await pass(12_000);
  });
});

describe('many peers', () => {
  test('are asked so many at a time, the next ones as soon as others have answered', async () => {
    const waiting: (() => void)[] = [];
    outcome = async () => {
      await new Promise<void>((resolve) => waiting.push(resolve));
      return answered();
    };
    await addMany(250);
    await pass(0);
    expect(sent).toHaveLength(100);
    for (const answer of waiting.splice(0, 30)) answer();
    await pass(0);
    expect(sent).toHaveLength(130);
    const stopped = monitor.stop();
    for (const answer of waiting) answer();
    await stopped;
    expect(sent).toHaveLength(130);
  });

  test('that are silent do not keep those waiting that answer', async () => {
    const asked: string[] = [];
    const { id } = await addGreen();
    outcome = async (to) => {
      asked.push(to);
      if (to === id) return answered();
      await new Promise((resolve) => setTimeout(resolve, 12_000));
      return missed();
    };
    await addMany(300);
    await pass(60_000);
    asked.length = 0;
    await pass(60_000);
    expect(asked.filter((to) => to === id)).toHaveLength(10);
    expect(new Set(asked).size).toBe(301);
    outcome = answered;
    await pass(12_000);
  });

  test('that fall silent together are all away half a minute later', async () => {
    const peers = await addMany(1000);
    await pass(5000);
    outcome = async () => {
      await new Promise((resolve) => setTimeout(resolve, 2000));
      return missed();
    };
    await pass(30_000);
    expect(peers.filter(({ id }) => !monitor.isAway(id))).toEqual([]);
    outcome = answered;
    await pass(2000);
  });

  test('do not keep one waiting that was silent with them and is back', async () => {
    const asked: string[] = [];
    let isBack = false;
    const { promise: forever, resolve: end } = Promise.withResolvers<void>();
    outcome = async () => {
      await new Promise((resolve) => setTimeout(resolve, 2000));
      return missed();
    };
    const back = await samples.addActive('back');
    for (const peer of await addMany(300)) monitor.heard(peer, beat);
    await pass(20_000);
    outcome = async (to) => {
      asked.push(to);
      if (to === back.id) return isBack ? answered() : missed();
      await forever;
      return missed();
    };
    await pass(20_000);
    asked.length = 0;
    isBack = true;
    monitor.heard(back, beat);
    await pass(0);
    expect(asked).toEqual([back.id]);
    expect(monitor.isAway(back.id)).toBe(false);
    const stopped = monitor.stop();
    end();
    await stopped;
  });

  test('who has waited for its turn is asked once, and 6 s later again', async () => {
    const asked: { at: number; trunk: string }[] = [];
    const begun = Date.now();
    outcome = async (to) => {
      if (to.startsWith('last')) asked.push({ at: Date.now() - begun, trunk: sent.at(-1)?.trunk ?? '' });
      else await new Promise((resolve) => setTimeout(resolve, 5000));
      return answered();
    };
    await addMany(100);
    const last = await samples.addActive('last');
    await pass(1000);
    monitor.trunkStateChanged(last.id, 'up');
    await pass(10_000);
    expect(asked).toEqual([5000, 11_000].map((at) => ({ at, trunk: 'up' })));
    outcome = answered;
    await pass(5000);
  });
});

test('one way only: answers, but never comes here', async () => {
  const interlink = await addGreen();
  await pass(15_000);
  expect(monitor.healthOf(interlink).colour).toBe('green');
  await pass(5000);
  expect(monitor.healthOf(interlink)).toEqual({ colour: 'amber', reason: 'the other side cannot reach us' });
});

test('measures the clocks and the way', async () => {
  const interlink = await samples.addActive('ber');
  outcome = async () => {
    await new Promise((resolve) => setTimeout(resolve, 40));
    return { kind: 'answered', reply: { ...beat, now: Date.now() - 20 + 600_000 }, roundTripMs: 40 };
  };
  await pass(6040);
  expect(monitor.signsOf(interlink.id)).toMatchObject({
    clockSkewMs: 600_000,
    roundTripMs: 40,
    peerVersion: '2.0',
    peerName: 'Lisbon now',
  });
});

test('without Asterisk no trunk is known', async () => {
  const interlink = await addGreen();
  monitor.asteriskConnectionChanged(false);
  await pass(0);
  expect(monitor.healthOf(interlink)).toEqual({ colour: 'amber', reason: 'Asterisk not connected here' });
  expect(sent.at(-1)?.trunk).toBe('unknown');
});

test('a peer that has no such interlink any more is red', async () => {
  const interlink = await addGreen();
  outcome = () => ({ kind: 'gone' });
  await pass(6000);
  expect(monitor.healthOf(interlink).reason).toBe('the other side has deleted this interlink');
  expect(monitor.isAway(interlink.id)).toBe(true);
});

test('answers a heartbeat with its own view, while pairing as well', async () => {
  const pairing = await samples.addPairing('far');
  monitor.trunkStateChanged(pairing.id, 'up');
  expect(monitor.heard(pairing, beat)).toEqual({
    version: '1.0',
    protocol: 3,
    name: 'Berlin',
    trunk: 'up',
    directory: undefined,
    now: Date.now(),
  });
});

test('exchanges directory revisions both ways over an active interlink, and none before', async () => {
  const pairing = await samples.addPairing('far');
  monitor.heard(pairing, beat);
  expect(toldRevisions).toEqual([]);
  const active = await samples.addActive('ber');
  await pass(0);
  expect(toldRevisions).toEqual([[active.id, beat.directory]]);
  expect(toldHistory).toEqual([[active.id, beat.history]]);
  expect(monitor.heard(active, beat).directory).toEqual(revisions);
  expect(toldRevisions).toHaveLength(2);
  expect(toldHistory).toHaveLength(2);
});

test('a trunk state that came before the interlink was active counts', async () => {
  const pairing = await samples.addPairing('ber');
  monitor.trunkStateChanged(pairing.id, 'up');
  await samples.store.activate(pairing.id, 0);
  await samples.registry.refresh(pairing.id);
  expect(monitor.signsOf(pairing.id)?.trunk).toBe('up');
});

test('tells of changes, once each', async () => {
  const told: string[] = [];
  const unsubscribe = monitor.subscribe(({ name }, { colour }) => told.push(`${name} ${colour}`));
  const interlink = await addGreen();
  await pass(10_000);
  monitor.heard(interlink, beat);
  outcome = missed;
  await pass(10_000);
  expect(told.filter((line, index) => line !== told[index - 1])).toEqual([
    'ber amber',
    'ber green',
    'ber red',
  ]);
  unsubscribe();
  outcome = answered;
  await pass(5000);
  expect(told.at(-1)).toBe('ber red');
});

test('ends with the interlink, and with the stop', async () => {
  const { id } = await samples.addActive('ber');
  await pass(0);
  await samples.bury(id);
  await pass(60_000);
  expect(sent).toHaveLength(1);
  expect(monitor.signsOf(id)).toBeUndefined();
  expect(monitor.isAway(id)).toBe(false);
  await samples.addActive('far');
  await pass(0);
  await monitor.stop();
  await pass(60_000);
  expect(sent).toHaveLength(2);
  expect(vi.getTimerCount()).toBe(0);
});

test('begins with what is active at the start', async () => {
  await monitor.stop();
  await samples.addActive('ber');
  monitor.start();
  await pass(0);
  expect(sent).toHaveLength(1);
});
