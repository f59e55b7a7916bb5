import { EventEmitter } from 'node:events';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { trunkName } from '../domain/interlink.ts';
import type { CallRecord } from '../domain/call.ts';
import type { AriConnection } from './ari-connection.ts';
import type { BridgeChange } from './ari-events.ts';
import { BridgeEvents } from './bridge-events.ts';
import { TransitWatch } from './transit-watch.ts';

const [lisbonId, portoId] = ['a'.repeat(16), 'b'.repeat(16)] as const;
const lisbon = { id: '1', name: `PJSIP/${trunkName(lisbonId)}-00000001` };
const porto = { id: '2', name: `IAX2/${trunkName(portoId)}-2` };
const lisbonAgain = { id: '3', name: `PJSIP/${trunkName(lisbonId)}-00000003` };
const phone = { id: '4', name: 'PJSIP/101-00000004' };
const half = { id: '6', name: 'Local/301@phones-00000006;1' };
const otherHalf = { id: '7', name: 'Local/301@phones-00000006;2' };
const announcer = { id: '5', name: 'CBAnn/600-5;2' };
const checkMs = 5000;
const soonMs = 500;
type Channel = typeof phone;

let ari: EventEmitter;
let watch: TransitWatch;
let hungUp: string[];
let told: string[];
/** Interlinks of calls that are up, as the recorder knows them. */
let calls: string[];
let warnings: unknown[];
let inBridge: Channel[];
let bridgeType: string;
let inOther: Channel[];
let otherType: string;
/** What Asterisk lists, and what happens before its list of bridges has come. */
let listed: readonly Channel[];
let meanwhile: () => void;
let beforeComing: () => void;
/** How often channels or bridges were listed. */
let asked: number;
/** How often the bridges were listed. */
let lists: number;
/** Whether events of bridges come, and how often that was asked of an Asterisk that did not do it. */
let coming: boolean;
let failing: boolean;
let failed: number;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  hungUp = [];
  told = [];
  calls = [];
  warnings = [];
  inBridge = [];
  bridgeType = 'mixing';
  inOther = [];
  otherType = 'mixing';
  listed = [];
  meanwhile = () => undefined;
  beforeComing = () => undefined;
  lists = 0;
  asked = 0;
  coming = false;
  failing = false;
  failed = 0;
  const call = async (resource: string, operation: string): Promise<unknown> => {
    if (failing) {
      failed += 1;
      throw new Error('no answer');
    }
    if (operation === 'get') return { bridge_ids: coming ? ['all'] : [] };
    if (resource === 'applications') {
      coming = operation === 'subscribe';
      if (coming) beforeComing();
      beforeComing = () => undefined;
      return undefined;
    }
    asked += 1;
    if (resource === 'channels') return listed;
    const bridges = [bridge(), other()];
    lists += 1;
    meanwhile();
    meanwhile = () => undefined;
    return bridges;
  };
  ari = Object.assign(new EventEmitter(), { call });
  watch = new TransitWatch({
    ari: ari as unknown as AriConnection,
    bridges: new BridgeEvents({ ari: ari as unknown as AriConnection, application: 'interlinks' }),
    channels: { hangUp: async (id: string) => void hungUp.push(id) },
    recorder: {
      active: () => calls.map((interlinkId) => ({ interlinkId }) as CallRecord),
      answered: (id, at) => void told.push(`${id} answered at ${at}`),
      ended: (id, why) => void told.push(`${id} ended ${why}`),
    },
    now: () => 1000,
    log: {
      debug: () => undefined,
      info: () => undefined,
      warn: (what) => void warnings.push(what),
      error: () => undefined,
    },
  });
});

afterEach(() => vi.useRealTimers());

function bridge(): BridgeChange['bridge'] {
  return { id: 'b', bridge_type: bridgeType, channels: inBridge.map(({ id }) => id) };
}

function other(): BridgeChange['bridge'] {
  return { id: 'other', bridge_type: otherType, channels: inOther.map(({ id }) => id) };
}

function tell(type: 'ChannelEnteredBridge' | 'ChannelLeftBridge', channel: Channel): void {
  if (coming) ari.emit(type, { bridge: bridge(), channel });
}

function enter(...channels: Channel[]): void {
  for (const channel of channels) {
    inBridge.push(channel);
    tell('ChannelEnteredBridge', channel);
  }
}

/** The same for a second bridge. */
function enterOther(...channels: Channel[]): void {
  for (const channel of channels) {
    inOther.push(channel);
    if (coming) ari.emit('ChannelEnteredBridge', { bridge: other(), channel });
  }
}

function leave(channel: Channel): void {
  inBridge = inBridge.filter((one) => one !== channel);
  tell('ChannelLeftBridge', channel);
}

async function pass(ms = 1): Promise<void> {
  await vi.advanceTimersByTimeAsync(ms);
}

/** A call over a trunk begins, whose channel there Asterisk lists. */
async function begin(channel: Channel): Promise<void> {
  listed = [...listed, channel];
  await dial(channel);
}

/** The same before there is a channel. */
async function dial({ name }: Channel): Promise<void> {
  const interlink = name.includes(lisbonId) ? lisbonId : portoId;
  calls.push(interlink);
  watch.began(trunkName(interlink));
  await pass();
}

function end(channel: Channel, interlink: string): void {
  listed = listed.filter((one) => one !== channel);
  calls = calls.filter((one) => one !== interlink);
}

async function bothCall(): Promise<void> {
  await begin(lisbon);
  await begin(porto);
}

test('two interlinks that are joined end, once, with a record and a line of the log', async () => {
  await bothCall();
  enter(lisbon, porto);
  leave(lisbon);
  expect(hungUp).toEqual(['1', '2']);
  expect(told.slice(0, 4)).toEqual(['1 answered at 1000', '1 ended 21', '2 answered at 1000', '2 ended 21']);
  expect(warnings).toEqual([{ channels: [lisbon.name, porto.name] }]);
});

test('they may talk while somebody of this system takes part, and end when that one leaves', async () => {
  await bothCall();
  enter(lisbon, phone, porto);
  expect(hungUp).toEqual([]);
  leave(phone);
  expect(hungUp).toEqual(['1', '2']);
});

test('they may be parked in one place, where they do not hear each other', async () => {
  bridgeType = 'holding';
  await bothCall();
  enter(lisbon, porto);
  await vi.advanceTimersByTimeAsync(checkMs);
  expect([hungUp, told]).toEqual([[], []]);
});

test('an announcement is nobody', async () => {
  await bothCall();
  enter(announcer, lisbon, porto);
  expect(hungUp).toEqual(['1', '2']);
});

test('a Local channel that stays between two bridges joins them', async () => {
  await bothCall();
  enterOther(otherHalf, porto);
  enter(lisbon, half);
  expect(hungUp.toSorted()).toEqual([lisbon.id, porto.id]);
  expect(warnings).toHaveLength(1);
});

test('one that was there before bridges were followed joins them too', async () => {
  await begin(lisbon);
  listed = [lisbon, porto, half, otherHalf];
  enterOther(otherHalf, porto);
  enter(lisbon, half);
  await dial(porto);
  expect(hungUp.toSorted()).toEqual([lisbon.id, porto.id]);
});

test.each([
  ['it ends at somebody of this system', (): void => enterOther(otherHalf, porto, phone)],
  ['it ends in no bridge', (): void => undefined],
  [
    'it ends where calls are parked',
    (): void => {
      otherType = 'holding';
      enterOther(otherHalf, porto);
    },
  ],
] as const)('a call may talk with a Local channel where %s', async (_where, happens) => {
  await bothCall();
  happens();
  enter(lisbon, half);
  expect(hungUp).toEqual([]);
});

test('two calls of one interlink may meet, and each may be alone', async () => {
  await bothCall();
  enter(lisbon, lisbonAgain);
  leave(lisbon);
  expect(hungUp).toEqual([]);
});

describe('bridges are followed', () => {
  test('not while one interlink has calls', async () => {
    await begin(lisbon);
    await begin(lisbonAgain);
    expect(coming).toBe(false);
  });

  test('not when the call of another has ended before', async () => {
    await begin(lisbon);
    end(lisbon, lisbonId);
    await begin(porto);
    expect(coming).toBe(false);
  });

  test('when the call of another was left to somebody here, with no record any more', async () => {
    await begin(lisbon);
    calls = [];
    await begin(porto);
    expect(coming).toBe(true);
  });

  test('when a call is dialed that has no channel yet', async () => {
    await begin(lisbon);
    await dial(porto);
    expect(coming).toBe(true);
  });

  test('until one interlink is found alone, and again when another has a call', async () => {
    await bothCall();
    await pass(2 * checkMs);
    expect(coming).toBe(true);
    end(porto, portoId);
    await pass(checkMs);
    expect(coming).toBe(false);
    const then = asked;
    await pass(2 * checkMs);
    expect(asked).toBe(then);
    await begin(porto);
    enter(lisbon, porto);
    expect(hungUp).toEqual(['1', '2']);
  });

  test('and looked through now and then, where events were lost', async () => {
    await bothCall();
    coming = false;
    enter(lisbon, porto);
    await pass(checkMs);
    expect(hungUp).toEqual(['1', '2']);
    expect(coming).toBe(true);
  });

  test('and looked through soon after a trunk has left one: it may have taken the place of another', async () => {
    await bothCall();
    enter(lisbon, phone);
    leave(lisbon);
    inBridge = [lisbon, porto];
    await pass(soonMs);
    expect(hungUp).toEqual(['1', '2']);
  });

  test('and looked through as soon while trunks leave all the time', async () => {
    await bothCall();
    for (let left = 0; left < 3; left += 1) {
      enter(lisbonAgain);
      leave(lisbonAgain);
      await pass(soonMs / 2);
    }
    expect(lists).toBe(2);
  });

  test('with one who came while that was being asked for', async () => {
    await begin(lisbon);
    beforeComing = () => {
      listed = [lisbon, porto];
      inBridge = [lisbon, porto];
    };
    await dial(porto);
    expect(hungUp).toEqual(['1', '2']);
  });

  test('as soon as Asterisk does it', async () => {
    await begin(lisbon);
    failing = true;
    await begin(porto);
    await pass(3000);
    expect(failed).toBeGreaterThan(2);
    failing = false;
    inBridge = [lisbon, porto];
    await pass(1000);
    expect(hungUp).toEqual(['1', '2']);
  });

  test('not for a connection that has ended', async () => {
    await bothCall();
    failing = true;
    ari.emit('down');
    await pass(3000);
    expect(failed).toBeLessThanOrEqual(1);
  });
});

describe('after a connection was made', () => {
  test('those that were joined before are found', async () => {
    listed = [lisbon, porto];
    inBridge = [lisbon, porto];
    await watch.resume();
    await pass();
    expect(hungUp).toEqual(['1', '2']);
  });

  test.each([
    ['one that joins', [lisbon], () => enter(porto)],
    ['one whose partner here leaves', [lisbon, phone, porto], () => leave(phone)],
  ])('%s while Asterisk answers is found as well', async (_, before, change) => {
    listed = [lisbon, phone, porto];
    inBridge = [...before];
    meanwhile = change;
    await watch.resume();
    await pass(soonMs);
    expect(hungUp).toEqual(['1', '2']);
  });

  test('and when it was made anew', async () => {
    await bothCall();
    ari.emit('down');
    coming = false;
    await watch.resume();
    enter(lisbon, porto);
    expect(hungUp).toEqual(['1', '2']);
  });

  test('what an earlier connection was told of comes no more, unless it is needed', async () => {
    coming = true;
    listed = [lisbon];
    await watch.resume();
    await pass();
    expect(coming).toBe(false);
  });
});
