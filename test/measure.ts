import { readFile } from 'node:fs/promises';
import { startOffice } from './rig/office.ts';

const STARTS = 5;

/** Prints how long the service takes from its start until it listens, and its memory, beside an idle Asterisk. */
const office = await startOffice({ name: 'Berlin', numbers: [{ number: '101' }] });
const starts: { ms: number; mb: number }[] = [];
for (let i = 0; i < STARTS; i += 1) {
  await office.service.stop();
  const before = performance.now();
  const service = await office.startService(/"msg":"listening"/);
  const ms = performance.now() - before;
  await service.waitForLine(/"msg":"ready for calls"/, 10_000);
  const status = await readFile(`/proc/${service.pid}/status`, 'utf8');
  starts.push({ ms, mb: Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) / 1024 });
}
const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
process.stdout.write(
  `Median of ${STARTS} starts: listens after ${median(starts.map(({ ms }) => ms)).toFixed(0)} ms, ` +
    `takes ${median(starts.map(({ mb }) => mb)).toFixed(0)} MB.\n`,
);
await office.stop();
