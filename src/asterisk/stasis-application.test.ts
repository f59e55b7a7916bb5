import { EventEmitter } from 'node:events';
import { beforeEach, describe, expect, test } from 'vitest';
import { CallRecorder } from '../calls/call-recorder.ts';
import type { Route } from '../calls/route-call.ts';
import { ToldEvents } from '../calls/testing/told-events.ts';
import type { CallRecord } from '../domain/call.ts';
import { activeInterlink, localNumber } from '../domain/testing/samples.ts';
import type { AriConnection } from './ari-connection.ts';
import type { CallChannels } from './call-channels.ts';
import { parseProgress } from './call-progress.ts';
import { CallWatch } from './call-watch.ts';
import { StasisApplication } from './stasis-application.ts';

/** What Asterisk answers about a channel that is gone: to actions on it, and to a subscription. */
const gone = ['Channel not found', 'Event source does not exist'].map(
  (message) => new Error(JSON.stringify({ message })),
);
const silent = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};
const channel = {
  id: 'ch1',
  name: 'PJSIP/101-00000001',
  state: 'Ring',
  caller: { name: '', number: '101' },
};

let ari: EventEmitter;
let recorder: CallRecorder;
let saved: CallRecord[];
let route: Route;
/** Resolves when the peers have answered. */
let answered: Promise<void>;
let hungUp: string[];
/** What each request about a channel fails with. */
let failure: Error | undefined;
let watch: CallWatch;
/** Whether refusals are written down, and not just counted. */
let written: boolean;

beforeEach(() => {
  ari = new EventEmitter();
  saved = [];
  route = { kind: 'local', number: localNumber('102') };
  answered = Promise.resolve();
  hungUp = [];
  failure = undefined;
  written = true;
  const act = async (): Promise<void> => {
    if (failure !== undefined) throw failure;
  };
  recorder = new CallRecorder({
    store: {
      save: async (...records) => void saved.push(...records),
      list: async () => [],
      usage: async () => [],
      open: async () => [],
    },
    now: () => 1000,
    events: new ToldEvents(),
  });
  watch = new CallWatch({
    channels: {
      progress: async () => ({ up: false, rangAfterMs: undefined, talkedMs: undefined, joined: false }),
    },
    recorder,
    now: () => 1000,
  });
  void new StasisApplication({
    ari: ari as unknown as AriConnection,
    channels: {
      ring: act,
      dial: act,
      handBack: act,
      variable: async () => '192.0.2.1',
      hangUp: async (id: string) => {
        await act();
        hungUp.push(id);
      },
    } as unknown as CallChannels,
    watch,
    transit: { began: () => undefined },
    route: async () => {
      await answered;
      return route;
    },
    admit: () => ({ kind: 'refused', why: 'ticket-missing' }),
    identify: () => ({ number: '101', name: '' }),
    isMediaTest: () => false,
    hasRoom: () => true,
    interlinkOfTrunk: () => activeInterlink('Lisbon'),
    recorder,
    refusals: { refused: () => written },
    notFound: () => undefined,
    now: () => 1000,
    log: silent,
  });
});

async function dial(): Promise<void> {
  ari.emit('StasisStart', { channel, args: ['call', '102', ''] });
  await new Promise(setImmediate);
  await recorder.stop();
}

test.each<[string, Route]>([
  ['rings here', { kind: 'local', number: localNumber('102') }],
  [
    'goes to a peer',
    {
      kind: 'trunk',
      candidates: [{ interlink: activeInterlink('Lisbon'), number: '102', ticket: 't' }],
      asked: [],
    },
  ],
  ['is unknown', { kind: 'unknown', asked: [] }],
])('a call that %s ends in the records too when the caller was gone before', async (_what, where) => {
  route = where;
  for (failure of gone) {
    await dial();
    expect(recorder.active()).toEqual([]);
    expect(saved.at(-1)).toMatchObject({ channel: 'ch1', endedAt: 1000, outcome: 'cancelled' });
  }
});

test('a call that Asterisk does not take on is recorded as failed', async () => {
  failure = new Error('no answer within 2000 ms');
  await dial();
  expect(saved.at(-1)).toMatchObject({ channel: 'ch1', endedAt: 1000, outcome: 'failed' });
});

test('a channel that left while peers were asked is not touched any more', async () => {
  route = { kind: 'away', asked: [] };
  const { promise, resolve } = Promise.withResolvers<void>();
  answered = promise;
  await dial();
  ari.emit('StasisEnd', { channel });
  resolve();
  await new Promise(setImmediate);
  await recorder.stop();
  expect(hungUp).toEqual([]);
  expect(saved.at(-1)).toMatchObject({ channel: 'ch1', endedAt: 1000, outcome: 'cancelled' });
});

test.each([
  ['answered', 'Up', 'answered'],
  ['not answered', 'Ring', 'no-answer'],
])('a call that comes again, %s meanwhile, ends as such', async (_what, state, outcome) => {
  await dial();
  ari.emit('StasisStart', { channel: { ...channel, state }, args: ['call', '103', ''] });
  await new Promise(setImmediate);
  await recorder.stop();
  expect(saved).toContainEqual(expect.objectContaining({ dialed: '102', endedAt: 1000, outcome }));
  expect(recorder.find('ch1')).toMatchObject({ dialed: '103', answeredAt: undefined });
});

test('what the dial plan says of the end of a call is written down, and its channel is left alone', async () => {
  await dial();
  ari.emit('StasisStart', { channel, args: ['over', '17', 'Ring|0|'] });
  await recorder.stop();
  expect(hungUp).toEqual([]);
  expect(saved.at(-1)).toMatchObject({ channel: 'ch1', ringingAt: 1000, cause: 17, outcome: 'busy' });
});

test('of calls that are refused in a flood, some are recorded and all are ended', async () => {
  const arrival = {
    channel: { ...channel, name: 'PJSIP/il-0000000000000000-1' },
    args: ['arrival', '102', ''],
  };
  ari.emit('StasisStart', arrival);
  await new Promise(setImmediate);
  written = false;
  ari.emit('StasisStart', arrival);
  await new Promise(setImmediate);
  await recorder.stop();
  expect(hungUp).toHaveLength(2);
  expect(saved.map(({ outcome }) => outcome)).toEqual(['refused']);
});

describe('after a trunk has failed', () => {
  const [lisbon, porto] = [activeInterlink('Lisbon'), activeInterlink('Porto')];

  test.each([
    ['before anything rang, the next peer is tried', 'Ring', '||', []],
    ['while a phone rang, nobody else is tried', 'Ring', '|900|', ['ch1']],
    ['the next peer is tried for a caller too who was transferred', 'Up', '||', []],
  ])('%s', async (_what, state, times, ends) => {
    const candidates = [lisbon, porto].map((interlink) => ({ interlink, number: '102', ticket: 't' }));
    route = { kind: 'trunk', candidates, asked: [] };
    ari.emit('StasisStart', { channel: { ...channel, state }, args: ['call', '102', ''] });
    await new Promise(setImmediate);
    watch.told('ch1', parseProgress(`${state}${times}`));
    ari.emit('StasisStart', { channel, args: ['again', '102', '38', `${state}${times}`] });
    await new Promise(setImmediate);
    expect(hungUp).toEqual(ends);
  });
});
