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
  /** Of the last minute, at the end: well above the number of cores means that others were at work. */
  readonly load: number;
}

export async function describeMachine(): Promise<Machine> {
  const [load = Number.NaN] = loadavg();
  return {
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memoryGb: Math.round(totalmem() / 2 ** 30),
    kernel: release(),
    node: process.version,
    asterisk: (await fetchTools('asterisk')).version,
    load: round(load),
  };
}
