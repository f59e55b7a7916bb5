import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { answerLookup } from '../src/calls/answer-lookup.ts';
import { LookupLimit } from '../src/calls/lookup-limit.ts';
import { TicketOffice } from '../src/calls/tickets.ts';
import { localNumber, numberPlan } from '../src/domain/testing/samples.ts';
import { silentLogger } from '../src/interlinks/testing/samples.ts';
import { activeOn, link, TestSystem } from '../src/peer/testing/test-system.ts';

const LOOKUPS = 2000;
const WARM_UP = 200;
const PRIVATE = '290';
/** Two that nobody has: what differs between them is chance. */
const ABSENT = ['299', '298'] as const;

/**
 * Shows that the time of an answer does not tell a private number from one that nobody has: two systems in this
 * process, over TLS; lookups of the three numbers in turns, so that a busy machine slows all alike.
 */
const plan = numberPlan(localNumber('201'), localNumber(PRIVATE, { private: true }));
const tickets = new TicketOffice(() => performance.now());
// By a clock so fast that nothing is over the limit, beyond which all numbers are unknown.
const limit = new LookupLimit(() => performance.now() * 1e6, silentLogger);
const unlimited = { burst: 1e6, perSecond: 1e6, maxKeys: 10 };
const lisbon = await TestSystem.start({
  name: 'Lisbon',
  address: '127.0.0.2',
  limits: { requests: unlimited },
  answerLookup: (interlink, query) => answerLookup({ plan: () => plan, tickets, limit }, interlink, query),
});
const berlin = await TestSystem.start({ name: 'Berlin', address: '127.0.0.3' });
const interlink = activeOn(berlin, await link(lisbon, berlin));

const times = new Map([PRIVATE, ...ABSENT].map((number) => [number, [] as number[]]));
for (let round = -WARM_UP; round < LOOKUPS; round += 1) {
  for (const number of shuffled([...times.keys()])) {
    const taken = await timeLookup(number);
    if (round >= 0) times.get(number)?.push(taken);
  }
}
const [hidden = Number.NaN, absent = Number.NaN, other = Number.NaN] = [...times.values()].map(median);
process.stdout.write(
  `Median of ${LOOKUPS} lookups: a private number ${hidden.toFixed(3)} ms, one that nobody has ` +
    `${absent.toFixed(3)} ms, another such ${other.toFixed(3)} ms.\n` +
    `A private number takes ${(hidden / absent).toFixed(3)} times as long as one that nobody has; ` +
    `of two that nobody has, one takes ${(other / absent).toFixed(3)} times as long as the other.\n`,
);
for (const system of [berlin, lisbon]) await system[Symbol.asyncDispose]();

/** @returns milliseconds */
async function timeLookup(number: string): Promise<number> {
  const query = { number, callId: randomUUID(), caller: { number: '101', name: 'Reception' } };
  const started = performance.now();
  const answer = await berlin.client.ask(interlink, query, AbortSignal.timeout(10_000));
  const taken = performance.now() - started;
  assert.deepEqual(answer, { status: 'unknown' });
  return taken;
}

function shuffled<T>(items: readonly T[]): readonly T[] {
  return items
    .map((item) => ({ item, place: Math.random() }))
    .toSorted((a, b) => a.place - b.place)
    .map(({ item }) => item);
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
