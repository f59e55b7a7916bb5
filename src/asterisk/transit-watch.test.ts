import { EventEmitter } from 'node:events';
import { beforeEach, describe, expect, test } from 'vitest';
import type { AriConnection } from './ari-connection.ts';
import type { CallChannels } from './call-channels.ts';
import { TransitWatch } from './transit-watch.ts';

const lisbon = { id: '1', name: 'PJSIP/il-aaaaaaaaaaaaaaaa-00000001' };
const porto = { id: '2', name: 'IAX2/il-bbbbbbbbbbbbbbbb-2' };
const lisbonAgain = { id: '3', name: 'PJSIP/il-aaaaaaaaaaaaaaaa-00000003' };
const phone = { id: '4', name: 'PJSIP/101-00000004' };
const announcer = { id: '5', name: 'CBAnn/600-5;2' };
type Channel = typeof phone;

let ari: EventEmitter & { call: (resource: string) => Promise<unknown> };
let watch: TransitWatch;
let hungUp: string[];
let refused: string[];
let warnings: unknown[];
let inBridge: Channel[];
/** What Asterisk lists, and what happens between the two lists. */
let listed: readonly Channel[];
let meanwhile: () => void;

beforeEach(() => {
  hungUp = [];
  refused = [];
  warnings = [];
  inBridge = [];
  listed = [];
  meanwhile = () => undefined;
  ari = Object.assign(new EventEmitter(), {
    call: async (resource: string) => {
      if (resource === 'channels') return listed;
      meanwhile();
      return [{ id: 'b', channels: inBridge.map(({ id }) => id) }];
    },
  });
  watch = new TransitWatch({
    ari: ari as unknown as AriConnection,
    channels: { hangUp: async (id: string) => void hungUp.push(id) } as unknown as CallChannels,
    recorder: { ended: (id) => void refused.push(id) },
    log: {
      debug: () => undefined,
      info: () => undefined,
      warn: (what) => void warnings.push(what),
      error: () => undefined,
    },
  });
});

function tell(type: 'ChannelEnteredBridge' | 'ChannelLeftBridge', channel: Channel): void {
  ari.emit(type, { bridge: { id: 'b', channels: inBridge.map(({ id }) => id) }, channel });
}

function enter(...channels: Channel[]): void {
  for (const channel of channels) {
    inBridge.push(channel);
    tell('ChannelEnteredBridge', channel);
  }
}

function leave(channel: Channel): void {
  inBridge = inBridge.filter((one) => one !== channel);
  tell('ChannelLeftBridge', channel);
}

test('two interlinks that are joined end, once, with a record and a line of the log', () => {
  enter(lisbon, porto);
  leave(lisbon);
  expect([hungUp, refused]).toEqual([
    ['1', '2'],
    ['1', '2'],
  ]);
  expect(warnings).toEqual([{ channels: [lisbon.name, porto.name] }]);
});

test('they may talk while somebody of this system takes part, and end when that one leaves', () => {
  enter(lisbon, phone, porto);
  expect(hungUp).toEqual([]);
  leave(phone);
  expect(hungUp).toEqual(['1', '2']);
});

test('an announcement is nobody', () => {
  enter(announcer, lisbon, porto);
  expect(hungUp).toEqual(['1', '2']);
});

test('two calls of one interlink may meet, and each may be alone', () => {
  enter(lisbon, lisbonAgain);
  leave(lisbon);
  expect(hungUp).toEqual([]);
});

describe('after a connection was made', () => {
  test('those that were joined before are found', async () => {
    listed = [lisbon, porto];
    inBridge = [lisbon, porto];
    await watch.resume();
    expect(hungUp).toEqual(['1', '2']);
  });

  test('one that joins while Asterisk is asked is found as well', async () => {
    listed = [lisbon];
    inBridge = [lisbon];
    meanwhile = () => enter(porto);
    await watch.resume();
    expect(hungUp).toEqual(['1', '2']);
  });
});
