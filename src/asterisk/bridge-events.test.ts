import { EventEmitter } from 'node:events';
import { beforeEach, expect, test } from 'vitest';
import type { AriConnection } from './ari-connection.ts';
import { BridgeEvents } from './bridge-events.ts';

let ari: EventEmitter;
let asked: string[];
let answer: () => Promise<void>;
let bridges: BridgeEvents;

beforeEach(() => {
  asked = [];
  answer = async () => undefined;
  const call = async (_resource: string, operation: string): Promise<void> => {
    asked.push(operation);
    await answer();
  };
  ari = Object.assign(new EventEmitter(), { call });
  bridges = new BridgeEvents({ ari: ari as unknown as AriConnection, application: 'interlinks' });
});

async function settled(): Promise<void> {
  await new Promise(setImmediate);
}

test('they come once for all who need them, until nobody does', async () => {
  const [one, other] = await Promise.all([bridges.need(), bridges.need()]);
  one[Symbol.dispose]();
  one[Symbol.dispose]();
  await settled();
  expect(asked).toEqual(['subscribe']);
  other[Symbol.dispose]();
  await settled();
  expect(asked).toEqual(['subscribe', 'unsubscribe']);
});

test('who needs them while they are being ended gets them again, after that', async () => {
  const before = await bridges.need();
  const { promise, resolve } = Promise.withResolvers<void>();
  answer = () => promise;
  before[Symbol.dispose]();
  const again = bridges.need();
  await settled();
  expect(asked).toEqual(['subscribe', 'unsubscribe']);
  resolve();
  await again;
  expect(asked).toEqual(['subscribe', 'unsubscribe', 'subscribe']);
});

test('where Asterisk does not send them, nobody takes them for coming', async () => {
  answer = async () => Promise.reject(new Error('no answer'));
  await expect(bridges.need()).rejects.toThrow('no answer');
  answer = async () => undefined;
  await bridges.need();
  expect(asked).toEqual(['subscribe', 'subscribe']);
});

test('an answer that comes after its connection has ended says nothing of the next one', async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  answer = () => promise;
  const late = bridges.need();
  await settled();
  ari.emit('down');
  resolve();
  await expect(late).rejects.toThrow('ended');
  await bridges.need();
  expect(asked).toEqual(['subscribe', 'subscribe']);
});
