import { expect, test } from 'vitest';
import { EventHub } from './event-hub.ts';

function hubOf(instance: string): EventHub<string> {
  return new EventHub({ instance, capacity: 3, now: () => 7 });
}

const words = (published: readonly { event: string }[] | undefined): readonly string[] | undefined =>
  published?.map(({ event }) => event);

test('gives each event to all who listen, until they stop', () => {
  const hub = hubOf('x');
  const heard: string[] = [];
  const stop = hub.subscribe(({ event, at }) => heard.push(`a ${event} ${at}`));
  hub.subscribe(({ event }) => heard.push(`b ${event}`));
  hub.publish('one');
  stop();
  hub.publish('two');
  expect(heard).toEqual(['a one 7', 'b one', 'b two']);
});

test('knows what came after an event', () => {
  const hub = hubOf('x');
  const start = hub.lastId;
  hub.publish('one');
  const first = hub.lastId;
  hub.publish('two');
  hub.publish('three');
  expect(words(hub.since(start))).toEqual(['one', 'two', 'three']);
  expect(words(hub.since(first))).toEqual(['two', 'three']);
  expect(hub.since(hub.lastId)).toEqual([]);
});

test('says that it does not know, rather than leave something out', () => {
  const hub = hubOf('x');
  const start = hub.lastId;
  hub.publish('one');
  const first = hub.lastId;
  for (const event of ['two', 'three', 'four']) hub.publish(event);
  expect(hub.since(start)).toBeUndefined();
  expect(words(hub.since(first))).toEqual(['two', 'three', 'four']);
  expect(hub.since('nonsense')).toBeUndefined();
  expect(hub.since(hubOf('y').lastId)).toBeUndefined();
});
