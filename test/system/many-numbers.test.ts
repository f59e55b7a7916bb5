import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { route, system } from '../../src/admin/schema.ts';
import { AdminClient } from '../../src/cli/client.ts';
import { startOffice, type Office, type OfficePhone } from '../rig/office.ts';
import { callsOf } from '../rig/records.ts';

const count = 10_000;
const last = '29999';
const lookMs = 10;
const patienceMs = 50_000;

const few = [{ number: '101' }, { number: '102' }, { number: '103' }, { number: '104' }];
const many = Array.from({ length: count }, (_, index) => ({
  number: String(20_000 + index),
  name: `Phone ${index}`,
}));

let berlin: Office;

beforeAll(async () => {
  berlin = await startOffice({
    name: 'Berlin',
    numbers: few,
    phones: { '101': 1000, '102': 440, '103': 1000, '104': 440 },
  });
});

afterAll(() => berlin.stop());

/** Calls all the time, one after the other. @returns how many calls were answered; rejects when one was not */
async function keepCalling(caller: OfficePhone, called: OfficePhone, until: AbortSignal): Promise<number> {
  let answered = 0;
  while (!until.aborted) {
    const from = caller.events.list.length;
    await caller.dial(called.number);
    await caller.waitFor('established', { from });
    answered += 1;
    await caller.hangup();
    await caller.waitFor('closed', { from });
  }
  return answered;
}

/** Asks the service for something that costs nothing, all the time. @returns the longest wait for an answer */
async function longestWait(client: AdminClient, until: AbortSignal): Promise<number> {
  let longest = 0;
  while (!until.aborted) {
    const asked = performance.now();
    await client.get('/system', system);
    longest = Math.max(longest, performance.now() - asked);
    await delay(lookMs);
  }
  return longest;
}

/** How many of this system's numbers are in AstDB. */
async function mirrored(): Promise<number> {
  const shown = await berlin.pbx.asterisk.cli('database show interlinks number');
  return Number(/^(\d+) results/m.exec(shown)?.[1]);
}

/** Of the calls since then, from the dialed number to the phone's ringing, in milliseconds, the shortest first. */
async function postDialDelays(since: number): Promise<readonly number[]> {
  const calls = (await callsOf(berlin)).filter(({ startedAt }) => Date.parse(startedAt) >= since);
  return calls.flatMap(({ postDialDelayMs }) => postDialDelayMs ?? []).toSorted((a, b) => a - b);
}

test.each([
  ['come', [...few, ...many], 'local', few.length + count],
  ['go', few, 'unknown', few.length],
] as const)('10,000 numbers %s while calls go on', async (what, numbers, outcome, mirroredThen) => {
  const client = new AdminClient({ host: berlin.address, port: 8420, dataDir: berlin.dataDir });
  const done = new AbortController();
  const began = Date.now();
  const load = Promise.all([
    longestWait(client, done.signal),
    keepCalling(berlin.phone('101'), berlin.phone('102'), done.signal),
    keepCalling(berlin.phone('103'), berlin.phone('104'), done.signal),
  ]);
  await berlin.configure({ numbers });
  const saved = performance.now();
  const sinceSaved = (): string => ((performance.now() - saved) / 1000).toFixed(1);
  const dialed = async (): Promise<string> => (await client.get(`/routes/${last}`, route)).outcome;
  await expect.poll(dialed, { timeout: patienceMs, interval: lookMs }).toBe(outcome);
  const inForce = sinceSaved();
  await expect.poll(mirrored, { timeout: patienceMs, interval: 100 }).toBe(mirroredThen);
  const inAstDb = sinceSaved();
  done.abort();
  const [stall, ...answered] = await load;

  const delays = await postDialDelays(began);
  process.stdout.write(
    `10,000 numbers ${what}: in force after ${inForce} s, in AstDB after ${inAstDb} s; ` +
      `longest wait for the service ${stall.toFixed(0)} ms; ${delays.length} calls, ` +
      `rang after ${delays[Math.floor(delays.length / 2)]} ms, at most ${delays.at(-1)} ms\n`,
  );
  expect(Math.min(...answered)).toBeGreaterThan(0);
});

test('a start with what is in AstDB already writes nothing', async () => {
  await berlin.service.stop();
  const service = await berlin.startService();
  expect(service.output()).not.toMatch(/AstDB brought up to date/);
  expect(await mirrored()).toBe(few.length);
});
