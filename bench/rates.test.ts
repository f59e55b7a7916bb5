import { expect, test } from 'vitest';
import { findHeldRates } from './rates.ts';

const rates = [10, 20, 40, 80, 160];
const contender = (name: string, rttMs = 0) => ({
  name,
  rttMs,
  processes: { asterisk: [], services: [] },
  from: '127.0.0.1',
  dialed: name,
});

/**
 * Calls fail above so many a second, all of them; and once as many as `hiccups` says, try after try.
 *
 * @returns what was found, what was placed, in this order, and how often there was a rest
 */
async function found(
  limits: Readonly<Record<string, number>>,
  hiccups: readonly number[] = [],
  likely?: number,
) {
  const placed: { dialed: string; count: number; perSecond: number }[] = [];
  const [...left] = [0, ...hiccups];
  let rests = 0;
  const held = await findHeldRates(
    Object.keys(limits).map((name) => contender(name)),
    {
      rates,
      holdS: 10,
      rest: async () => void (rests += 1),
      warmUp: { count: 5, perSecond: 1 },
      likely: () => likely,
    },
    async ({ dialed, count, perSecond }) => {
      placed.push({ dialed, count, perSecond });
      const hiccup = left.shift() ?? 0;
      return { failed: perSecond > (limits[dialed] ?? 0) ? count : hiccup };
    },
  );
  return { held, placed, rests };
}

test.each([
  [5, 0, 10],
  [10, 10, 20],
  [25, 20, 40],
  [79, 40, 80],
  [100, 80, 160],
])('with a limit of %i calls a second, %i are held, and %i are not', async (limit, held, failedAt) => {
  expect((await found({ a: limit })).held).toEqual([
    { name: 'a', rttMs: 0, callsPerSecond: held, failedAt, heldS: 10 },
  ]);
});

test('says of no rate that it failed when the highest was held', async () => {
  expect((await found({ a: 1000 })).held).toEqual([{ name: 'a', rttMs: 0, callsPerSecond: 160, heldS: 10 }]);
});

test('warms up, holds each rate for its time, one contender after the other, and needs few of them', async () => {
  const { placed } = await found({ a: 1000, b: 5 });
  expect(placed.map(({ dialed, perSecond }) => [dialed, perSecond])).toEqual([
    ['a', 1],
    ['b', 1],
    ['a', 40],
    ['b', 40],
    ['a', 80],
    ['b', 20],
    ['a', 160],
    ['b', 10],
  ]);
  expect(placed.slice(2).every(({ count, perSecond }) => count === 10 * perSecond)).toBe(true);
});

test.each([
  [[3], 40, [40, 40, 80], 2],
  [[4], 20, [40, 20], 1],
  [[3, 1], 20, [40, 40, 20], 2],
])(
  'a rate of 400 calls at which %j failed, try after try: %i are held',
  async (hiccups, held, tried, rested) => {
    const { held: rate, placed, rests } = await found({ a: 79 }, hiccups);
    expect(rate[0]?.callsPerSecond).toBe(held);
    expect(placed.slice(1).map(({ perSecond }) => perSecond)).toEqual(tried);
    expect(rests).toBe(rested);
  },
);

test.each([
  [25, [20, 40]],
  [45, [20, 40, 160, 80]],
  [15, [20, 10]],
  [1000, [20, 40, 160]],
  [5, [20, 10]],
])(
  'begins with the likely rate, and goes on from there: with a limit of %i, %j are tried',
  async (limit, tried) => {
    const { held, placed } = await found({ a: limit }, [], 30);
    expect(placed.slice(1).map(({ perSecond }) => perSecond)).toEqual(tried);
    expect(held).toEqual((await found({ a: limit })).held);
  },
);
