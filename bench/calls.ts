import type { Contender } from './contenders.ts';
import { placeCalls } from './load.ts';
import { processorMs } from './processor.ts';
import { round, summarize, type Summary } from './statistics.ts';

/** What calls of one contender took and cost. */
export interface CallFigures {
  readonly name: string;
  /** Round-trip time between the two systems, milliseconds. */
  readonly rttMs: number;
  readonly failed: number;
  /** Milliseconds from the INVITE to 180, and to 200 less the time for which the phone rings. */
  readonly ringing: Summary;
  readonly answered: Summary;
  /** Milliseconds of processor a call, of both systems together. */
  readonly processor: { readonly asterisk: number; readonly service: number };
}

export interface Rounds {
  readonly rounds: number;
  /** Of each contender in each round. */
  readonly calls: number;
  readonly perSecond: number;
}

/** Places calls in turns, so that a busy machine slows all alike; a first round warms up and does not count. */
export async function measureCalls(
  contenders: readonly Contender[],
  { rounds, calls: count, perSecond }: Rounds,
): Promise<readonly CallFigures[]> {
  const samples = contenders.map((contender) => ({
    contender,
    ringing: [] as number[],
    answered: [] as number[],
    placed: 0,
    failed: 0,
    asterisk: 0,
    service: 0,
  }));
  for (let done = -1; done < rounds; done += 1) {
    for (const sample of samples) {
      const { from, dialed, office } = sample.contender;
      const before = await used(office);
      const placed = await placeCalls({ from, dialed, count, perSecond });
      const after = await used(office);
      if (done < 0) continue;
      sample.ringing.push(...placed.ringing);
      sample.answered.push(...placed.answered);
      sample.placed += count;
      sample.failed += placed.failed;
      sample.asterisk += after.asterisk - before.asterisk;
      sample.service += after.service - before.service;
    }
  }
  return samples.map(
    ({ contender: { name, rttMs }, ringing, answered, placed, failed, asterisk, service }) => ({
      name,
      rttMs,
      failed,
      ringing: summarize(ringing),
      answered: summarize(answered),
      processor: { asterisk: round(asterisk / placed), service: round(service / placed) },
    }),
  );
}

async function used({
  asterisk,
  services,
}: Contender['office']): Promise<{ asterisk: number; service: number }> {
  return { asterisk: await processorMs(asterisk), service: await processorMs(services) };
}
