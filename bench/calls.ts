import { setTimeout as delay } from 'node:timers/promises';
import type { Contender, Processes } from './contenders.ts';
import { placeCalls } from './load.ts';
import { processorMs, type Usage } from './process-usage.ts';
import { round, summarize, type Summary } from './statistics.ts';
import { Turns } from './turns.ts';

/** What calls of one contender took and cost. */
export interface CallFigures {
  readonly name: string;
  /** Round-trip time between the two systems, milliseconds. */
  readonly rttMs: number;
  readonly failed: number;
  /** Milliseconds from the INVITE to 180, and to 200 less the time for which the phone rings. */
  readonly ringing: Summary;
  readonly answered: Summary;
  /** Milliseconds of processor of both systems: of a call, above what they take without calls. */
  readonly processor: Usage;
  /** Of a second without calls. */
  readonly idle: Usage;
}

/** Calls of each contender that come first and do not count: a PBX is not measured in its first minute. */
export interface WarmUp {
  readonly count: number;
  readonly perSecond: number;
}

export interface Rounds {
  readonly rounds: number;
  /** Before each turn, in which nobody calls anywhere. */
  readonly pauseMs?: number;
  /** See Turns. */
  readonly settleMs?: number | undefined;
  /** Calls that begin each turn and do not count: what came before, or a rest, would be paid by the first. */
  readonly leadIn: number;
  /** Of each contender in each round. */
  readonly calls: number;
  readonly perSecond: number;
  readonly warmUp: WarmUp;
  /** How long to look at what is used without calls. */
  readonly idleMs: number;
}

/** Places calls in turns, so that a busy machine slows all alike. */
export async function measureCalls(
  contenders: readonly Contender[],
  { rounds, pauseMs = 0, settleMs, leadIn, calls: count, perSecond, warmUp, idleMs }: Rounds,
): Promise<readonly CallFigures[]> {
  const turns = new Turns(
    contenders.map(({ processes }) => processes),
    settleMs,
  );
  const samples = contenders.map((contender) => ({
    contender,
    ringing: [] as number[],
    answered: [] as number[],
    seconds: 0,
    failed: 0,
    asterisk: 0,
    service: 0,
  }));
  try {
    for (const { from, dialed, processes } of contenders) {
      await turns.begin(processes);
      await placeCalls({ from, dialed, ...warmUp });
    }
    const idle = await turns.each(async (processes) => await idleUsage(processes, idleMs));
    for (let done = 0; done < rounds; done += 1) {
      for (const sample of samples) {
        const { from, dialed, processes } = sample.contender;
        await turns.begin(processes);
        await delay(pauseMs);
        await placeCalls({ from, dialed, count: leadIn, perSecond });
        const before = await used(processes);
        const began = performance.now();
        const placed = await placeCalls({ from, dialed, count, perSecond });
        sample.seconds += (performance.now() - began) / 1000;
        const after = await used(processes);
        sample.ringing.push(...placed.ringing);
        sample.answered.push(...placed.answered);
        sample.failed += placed.failed;
        sample.asterisk += after.asterisk - before.asterisk;
        sample.service += after.service - before.service;
      }
    }
    return samples.map(({ contender, ringing, answered, failed, seconds, ...total }) => {
      const { asterisk = 0, service = 0 } = idle.get(contender.processes) ?? {};
      const placed = rounds * count;
      return {
        name: contender.name,
        rttMs: contender.rttMs,
        failed,
        ringing: summarize(ringing),
        answered: summarize(answered),
        processor: {
          asterisk: round((total.asterisk - asterisk * seconds) / placed),
          service: round((total.service - service * seconds) / placed),
        },
        idle: { asterisk: round(asterisk), service: round(service) },
      };
    });
  } finally {
    turns.end();
  }
}

/** What is used without calls, a second. */
async function idleUsage(processes: Processes, ms: number): Promise<Usage> {
  const before = await used(processes);
  await delay(ms);
  const after = await used(processes);
  return {
    asterisk: ((after.asterisk - before.asterisk) / ms) * 1000,
    service: ((after.service - before.service) / ms) * 1000,
  };
}

/** Milliseconds of processor. */
async function used({ asterisk, services }: Processes): Promise<Usage> {
  return { asterisk: await processorMs(asterisk), service: await processorMs(services) };
}
