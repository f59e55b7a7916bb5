import { availableParallelism, cpus, loadavg, release, totalmem } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { fetchTools } from '../test/rig/debian.ts';
import { round } from './statistics.ts';

/** What the figures depend on. */
export interface Machine {
  readonly processor: string;
  readonly cores: number;
  readonly memoryGb: number;
  readonly kernel: string;
  readonly node: string;
  readonly asterisk: string;
}

export async function describeMachine(): Promise<Machine> {
  return {
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memoryGb: Math.round(totalmem() / 2 ** 30),
    kernel: release(),
    node: process.version,
    asterisk: (await fetchTools('asterisk')).version,
  };
}

/** How many wanted a core at once. */
export function loadOfLastMinute(): number {
  const [load = Number.NaN] = loadavg();
  return round(load);
}

/** Waits until all cores together do little, as far as that comes within two minutes. */
export async function untilIdle(): Promise<void> {
  for (let samples = 0; samples < 24; samples += 1) {
    const before = coreTimes();
    await delay(5000);
    const after = coreTimes();
    if (after.busy - before.busy < 0.2 * (after.all - before.all)) return;
  }
}

/** Milliseconds of all cores together since the machine started. */
function coreTimes(): { readonly busy: number; readonly all: number } {
  const times = cpus().flatMap((core) => Object.entries(core.times));
  const sum = (of: typeof times): number => of.reduce((total, [, ms]) => total + ms, 0);
  return { busy: sum(times.filter(([kind]) => kind !== 'idle')), all: sum(times) };
}
