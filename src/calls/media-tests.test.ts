import { beforeEach, expect, test } from 'vitest';
import { activeInterlink } from '../domain/testing/samples.ts';
import { MediaTests } from './media-tests.ts';

const lisbon = activeInterlink('Lisbon');
const porto = activeInterlink('Porto');
const figures = { received: 100, sent: 100, target: '192.0.2.7:10012', codec: 'alaw' };

let now: number;
let tests: MediaTests;

beforeEach(() => {
  now = 0;
  tests = new MediaTests(() => now, { figures: async (channel) => (channel === 'c1' ? figures : undefined) });
});

function begin(interlink = lisbon): string {
  const ticket = tests.begin(interlink);
  if (ticket === undefined) throw new Error('busy');
  return ticket;
}

test('a ticket lets one call of its interlink in, and tells once what arrived', async () => {
  const ticket = begin();
  expect(ticket).toMatch(/^[\w-]{22}$/);
  expect(tests.takes(porto, ticket, 'c1')).toBe(false);
  expect(tests.takes(lisbon, ticket, 'c1')).toBe(true);
  expect(tests.takes(lisbon, ticket, 'c2')).toBe(false);
  expect(await tests.report(porto, ticket)).toBeUndefined();
  expect(await tests.report(lisbon, ticket)).toEqual(figures);
  expect(await tests.report(lisbon, ticket)).toBeUndefined();
  expect(tests.takes(lisbon, ticket, 'c1')).toBe(false);
});

test('a ticket is good for 30 s, and another one never was', () => {
  const ticket = begin();
  expect(tests.takes(lisbon, 'A'.repeat(22), 'c1')).toBe(false);
  expect(tests.takes(lisbon, '', 'c1')).toBe(false);
  now = 30_000;
  expect(tests.takes(lisbon, ticket, 'c1')).toBe(false);
});

test('nothing is told of a call that did not come', async () => {
  expect(await tests.report(lisbon, begin())).toBeUndefined();
});

test('one interlink gets three tests at once, then one in 10 s; others are not hindered', async () => {
  for (let i = 0; i < 3; i += 1) await tests.report(lisbon, begin());
  expect(tests.begin(lisbon)).toBeUndefined();
  expect(tests.begin(porto)).toBeDefined();
  now = 10_000;
  expect(tests.begin(lisbon)).toBeDefined();
});

test('no more than four tests are open at a time', () => {
  for (const name of ['A', 'B', 'C', 'D']) begin(activeInterlink(name));
  expect(tests.begin(lisbon)).toBeUndefined();
  now = 30_000;
  expect(tests.begin(lisbon)).toBeDefined();
});
