import { readdir } from 'node:fs/promises';
import { startLinkedOffices } from './linked-offices.ts';
import { placeCalls } from './load.ts';
import { memoryMb } from './process-usage.ts';
import { round } from './statistics.ts';

const PER_SECOND = 4;

/** What a process holds. */
export interface Holdings {
  readonly memoryMb: number;
  readonly descriptors: number;
}

export interface HourMinute {
  readonly asterisk: Holdings;
  readonly service: Holdings;
}

/** Calls for a long time: whether anything grows with their number. */
export interface HourFigures {
  readonly calls: number;
  readonly failed: number;
  /** What the caller's system held after each minute. */
  readonly minutes: readonly HourMinute[];
}

/**
 * Places calls between two linked offices, minute after minute.
 *
 * @param say is told what sipp has to say about calls that failed
 */
export async function measureHour(minutes: number, say: (line: string) => void): Promise<HourFigures> {
  const offices = await startLinkedOffices([
    { name: 'Interlinks, PJSIP over TLS', prefix: '71', protocol: 'pjsip', delayMs: 0 },
  ]);
  try {
    const [{ from, dialed, processes } = unreachable()] = offices.contenders;
    const [asterisk = 0] = processes.asterisk;
    const [service = 0] = processes.services;
    const count = PER_SECOND * 60;
    const held: HourMinute[] = [];
    let failed = 0;
    while (held.length < minutes) {
      const placed = await placeCalls({ from, dialed, count, perSecond: PER_SECOND, explain: true });
      if (placed.failed > 0) say(`Minute ${held.length + 1}, ${placed.failed} failed\n${placed.reasons}`);
      failed += placed.failed;
      held.push({ asterisk: await holdings(asterisk), service: await holdings(service) });
    }
    return { calls: minutes * count, failed, minutes: held };
  } finally {
    await offices.stop();
  }
}

async function holdings(pid: number): Promise<Holdings> {
  const descriptors = await readdir(`/proc/${pid}/fd`);
  return { memoryMb: round(await memoryMb(pid)), descriptors: descriptors.length };
}

function unreachable(): never {
  throw new Error('there is no office');
}
