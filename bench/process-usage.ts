import { readFile } from 'node:fs/promises';

/** Linux counts in hundredths of a second, whatever its own clock (USER_HZ, proc(5)). */
const TICK_MS = 10;

/** What Asterisk takes of something, and what the service takes. */
export interface Usage {
  readonly asterisk: number;
  readonly service: number;
}

/** Milliseconds of processor that these processes have used, all their threads together. */
export async function processorMs(pids: readonly number[]): Promise<number> {
  const used = await Promise.all(
    pids.map(async (pid) => {
      const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
    }),
  );
  return used.reduce((sum, ms) => sum + ms, 0);
}

/** Resident memory of a process in MB. */
export async function memoryMb(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) / 1024;
}
