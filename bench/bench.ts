import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { measureCalls } from './calls.ts';
import { measureGrowth } from './growth.ts';
import { startLinkedOffices } from './linked-offices.ts';
import { measureLookups } from './lookups.ts';
import { describeMachine } from './machine.ts';
import { findHeldRates } from './rates.ts';
import { writeReport } from './report.ts';
import { startStaticOffices } from './static-offices.ts';
import { judge, type Results } from './targets.ts';

/**
 * `make bench` and, with `--quick`, `make bench-quick`: Interlinks beside what a specialist would set up by hand, on
 * one machine and in turns. Writes bench/results.json and the tables of docs/measurements.md.
 */
const quick = process.argv.includes('--quick');
const size = quick
  ? { rounds: 2, calls: 12, perSecond: 12, holdS: 3, rates: [10, 20, 40, 60], lookupMs: 4000, decisions: 300 }
  : {
      rounds: 20,
      calls: 50,
      perSecond: 10,
      holdS: 60,
      rates: [10, 20, 30, 40, 50, 60, 80, 100],
      lookupMs: 60_000,
      decisions: 3000,
    };
/** Whose highest rate is looked for. */
const ways = /^(plain|Interlinks)/;
const judged = /^(plain Dial, PJSIP|Interlinks, PJSIP over TLS)$/;
const delays = [0, 20];
const sizes = [1, 10, 100, 1000]
  .map((interlinks) => ({ interlinks, numbers: interlinks }))
  .concat([100, 10_000, 100_000].map((numbers) => ({ interlinks: 10, numbers })));

say('Starting the offices');
const began = Date.now();
const statics = await Promise.all(delays.map(startStaticOffices));
const linked = await startLinkedOffices([
  { name: 'Interlinks, PJSIP over TLS', prefix: '71', protocol: 'pjsip', delayMs: 0 },
  { name: 'Interlinks, PJSIP in clear', prefix: '72', protocol: 'pjsip', plain: true, delayMs: 0 },
  { name: 'Interlinks, IAX2', prefix: '73', protocol: 'iax2', delayMs: 0 },
  { name: 'Interlinks, PJSIP over TLS', prefix: '81', protocol: 'pjsip', delayMs: 20 },
  { name: 'Interlinks, IAX2', prefix: '83', protocol: 'iax2', delayMs: 20 },
]);
const contenders = [...statics.flatMap((offices) => offices.contenders), ...linked.contenders];
say(`Placing calls: ${contenders.length} ways in turns`);
const calls = await measureCalls(contenders, size);
say('Looking for the rates that are held');
const rates = await findHeldRates(
  contenders.filter(({ rttMs, name }) => rttMs === 0 && (quick ? judged : ways).test(name)),
  size,
);
const nobody = await linked.dialNobody(size.calls * size.rounds, size.perSecond);
await Promise.all([...statics, linked].map((offices) => offices.stop()));
say('Asking for numbers');
const lookups = await measureLookups(size.lookupMs, size.rounds);
say('Deciding with many interlinks and many numbers');
const growth = await measureGrowth(sizes, size.decisions);

const figures = { calls, rates, nobody, lookups, growth };
const results: Results = {
  command: quick ? 'make bench-quick' : 'make bench',
  takenAt: new Date(began).toISOString(),
  seconds: Math.round((Date.now() - began) / 1000),
  machine: await describeMachine(),
  targets: judge(figures),
  ...figures,
};
await writeFile(join(import.meta.dirname, 'results.json'), `${JSON.stringify(results, undefined, 2)}\n`);
await writeReport(results);
for (const { name, target, measured, met } of results.targets) {
  say(`${met ? 'met    ' : 'not met'} ${name}: ${measured} (${target})`);
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
