import { availableParallelism, cpus, loadavg, release, totalmem } from 'node:os';
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
