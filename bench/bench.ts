import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { measureCalls, type CallFigures } from './calls.ts';
import type { Contender } from './contenders.ts';
import { measureGrowth } from './growth.ts';
import { measureHour } from './hour.ts';
import { measureLookups } from './lookups.ts';
import { describeMachine, loadOfLastMinute, untilIdle } from './machine.ts';
import { startOffices, type Delay, type Offices } from './offices.ts';
import { findHeldRates, type HeldRate } from './rates.ts';
import { writeReport } from './report.ts';
import { measureSystems, type SystemSize } from './systems.ts';
import { readResults, writeResults, type AllFigures, type Phase, type Run } from './results.ts';

/**
 * `make bench`: Interlinks beside what a specialist would set up by hand, on one machine and in turns. Measures the
 * phases that are named, or all but the hour, and writes bench/results.json and the tables of docs/measurements.md, or
 * those of `--out`, a folder that has a measurements.md. `--quick` takes smaller samples, and leaves the growing system
 * out too.
 */
const { values, positionals } = parseArgs({
  options: { quick: { type: 'boolean', default: false }, out: { type: 'string' } },
  allowPositionals: true,
});
/** Longer than a request is repeated that nobody answers (RFC 3261, 64 × T1). */
const SIP_GIVES_UP_MS = 40_000;
const resultsFile = join(values.out ?? import.meta.dirname, 'results.json');
const document = join(values.out ?? join(import.meta.dirname, '../docs'), 'measurements.md');
const size = values.quick
  ? {
      rounds: 2,
      leadIn: 2,
      calls: 8,
      perSecond: 10,
      settleMs: undefined,
      warmUp: { count: 5, perSecond: 10 },
      idleMs: 1000,
      holdS: 2,
      rest: async () => await delay(2000),
      rates: [5, 10, 20, 40, 60, 80, 100, 130, 160, 200, 250],
      lookupMs: 1000,
      decisions: 100,
    }
  : {
      rounds: 8,
      leadIn: 12,
      calls: 30,
      perSecond: 6,
      settleMs: 8000,
      warmUp: { count: 600, perSecond: 30 },
      idleMs: 30_000,
      holdS: 60,
      rest: async () => {
        await delay(SIP_GIVES_UP_MS);
        await untilIdle();
      },
      rates: [...steps(5, 100, 5), ...steps(110, 250, 10)],
      lookupMs: 30_000,
      decisions: 3000,
    };
const sizes = [1, 10, 100, 1000]
  .map((interlinks) => ({ interlinks, numbers: interlinks }))
  .concat([100, 10_000, 100_000].map((numbers) => ({ interlinks: 10, numbers })));

/** Offices that are not called take processor all the same, and so slow the others: not all are up at once. */
const near: readonly Delay[] = [0];
const far: readonly Delay[] = [20];

/** In the order in which one system grows. */
const systems: readonly SystemSize[] = [
  { interlinks: 1, numbersEach: 0 },
  ...[1, 10, 1000, 10_000].map((numbersEach) => ({ interlinks: 11, numbersEach })),
  ...(values.quick ? [] : [101, 1001].map((interlinks) => ({ interlinks, numbersEach: 1 }))),
];

const measures: { readonly [P in Phase]: () => Promise<AllFigures[P]> } = {
  calls: async () => {
    const figures: CallFigures[] = [];
    for (const wanted of [far, near]) {
      figures.push(...(await measureCalls((await up(wanted)).contenders, size)));
    }
    return figures;
  },
  rates: async () =>
    await findRates((await up(near)).contenders.filter((one) => !values.quick || isJudged(one))),
  farRates: async () => await findRates((await up(far)).contenders),
  nobody: async () => await (await up(near)).linked.dialNobody(size.calls * size.rounds, size.perSecond),
  lookups: async () => await measureLookups(size.lookupMs, size.rounds),
  growth: async () => await measureGrowth(sizes, size.decisions),
  systems: async () => await measureSystems(systems, 2 * size.calls),
  hour: async () => await measureHour(values.quick ? 1 : 60, say),
};
/** These begin when the offices are down again. */
const alone = new Set<Phase>(['lookups', 'growth', 'systems', 'hour']);
const usual: readonly Phase[] = [
  ...(['calls', 'nobody', 'rates'] as const),
  ...(values.quick ? [] : (['farRates'] as const)),
  ...(['lookups', 'growth'] as const),
  ...(values.quick ? [] : (['systems'] as const)),
];

let offices: (Offices & { readonly wanted: readonly Delay[] }) | undefined;
for (const phase of positionals.length === 0 ? usual : positionals.map(phaseOf)) {
  if (alone.has(phase)) await down();
  say(`Measuring: ${phase}`);
  await measure(phase);
}
await down();
const { targets = [] } = await readResults(resultsFile);
for (const { name, target, measured, met } of targets) {
  say(`${met ? 'met    ' : 'not met'} ${name}: ${measured} (${target})`);
}

/** Measures one phase and writes what is known then. */
async function measure(phase: Phase): Promise<void> {
  const before = loadOfLastMinute();
  const began = Date.now();
  const figures = { [phase]: await measures[phase]() };
  const run: Run = {
    command: phase === 'hour' ? 'make bench-hour' : values.quick ? 'make bench-quick' : 'make bench',
    takenAt: new Date(began).toISOString(),
    seconds: Math.round((Date.now() - began) / 1000),
    load: { before, after: loadOfLastMinute() },
  };
  const { targets: _targets, ratios: _ratios, ...earlier } = await readResults(resultsFile);
  const machine = await describeMachine();
  const runs = { ...earlier.runs, [phase]: run };
  await writeReport(document, await writeResults(resultsFile, { ...earlier, machine, runs, ...figures }));
}

/** Begins where the last run ended. */
async function findRates(contenders: readonly Contender[]): Promise<readonly HeldRate[]> {
  const { rates = [], farRates = [] } = await readResults(resultsFile);
  const likely = ({ name, rttMs }: Contender): number | undefined =>
    [...rates, ...farRates].find((last) => last.name === name && last.rttMs === rttMs)?.callsPerSecond;
  return await findHeldRates(contenders, { ...size, likely });
}

/** The offices, with lines of these delays alone. */
async function up(wanted: readonly Delay[]): Promise<Offices> {
  if (offices?.wanted !== wanted) await down();
  offices ??= { wanted, ...(await startOffices(wanted)) };
  return offices;
}

async function down(): Promise<void> {
  await offices?.stop();
  offices = undefined;
}

/** Whether a target is about its highest rate. */
function isJudged({ name }: Contender): boolean {
  return ['plain Dial, PJSIP', 'Interlinks, PJSIP over TLS'].includes(name);
}

function steps(from: number, to: number, by: number): readonly number[] {
  return Array.from({ length: (to - from) / by + 1 }, (_, index) => from + by * index);
}

function phaseOf(word: string): Phase {
  if (word in measures) return word as Phase;
  throw new Error(`there is no phase "${word}" of the benchmark, but ${Object.keys(measures).join(', ')}`);
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
