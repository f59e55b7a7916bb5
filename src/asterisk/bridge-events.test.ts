import { beforeEach, expect, test } from 'vitest';
import type { AriConnection } from './ari-connection.ts';
import { BridgeEvents } from './bridge-events.ts';

const [subscribe, unsubscribe] = ['subscribe bridge:', 'unsubscribe bridge:all of them'];
let asked: string[];
let answer: () => Promise<void>;
let bridges: BridgeEvents;

beforeEach(() => {
  asked = [];
  answer = async () => undefined;
  const call = async (_resource: string, operation: string, { eventSource = '' }): Promise<unknown> => {
    if (operation === 'get') return { bridge_ids: ['all of them'] };
    asked.push(`${operation} ${eventSource}`);
    return await answer();
  };
  bridges = new BridgeEvents({ ari: { call } as unknown as AriConnection, application: 'interlinks' });
});

async function settled(): Promise<void> {
  await new Promise(setImmediate);
}

test('they come for all who need them, until nobody does', async () => {
  const [one, other] = await Promise.all([bridges.need(), bridges.need()]);
  one[Symbol.dispose]();
  one[Symbol.dispose]();
  await settled();
  expect(asked).toEqual([subscribe, subscribe]);
  other[Symbol.dispose]();
  await settled();
  expect(asked).toEqual([subscribe, subscribe, unsubscribe]);
});

test('who needs them while they are being ended gets them again, after that', async () => {
  const before = await bridges.need();
  const { promise, resolve } = Promise.withResolvers<void>();
  answer = () => promise;
  before[Symbol.dispose]();
  const again = bridges.need();
  await settled();
  expect(asked).toEqual([subscribe, unsubscribe]);
  resolve();
  await again;
  expect(asked).toEqual([subscribe, unsubscribe, subscribe]);
});

test('they are asked for again when it is not known whether Asterisk has ended them', async () => {
  const before = await bridges.need();
  answer = async () => Promise.reject(new Error('no answer'));
  before[Symbol.dispose]();
  await settled();
  await expect(bridges.need()).rejects.toThrow('no answer');
  await settled();
  answer = async () => undefined;
  await bridges.need();
  expect(asked).toEqual([subscribe, unsubscribe, subscribe, unsubscribe, subscribe]);
});
