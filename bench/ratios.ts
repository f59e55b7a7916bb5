import type { CallFigures } from './calls.ts';
import type { HeldRate } from './rates.ts';
import { round } from './statistics.ts';

/** One way of Interlinks over another way to reach the same phone, at the same round-trip time. */
export interface Ratios {
  readonly name: string;
  readonly against: string;
  readonly rttMs: number;
  /** Of medians: from the INVITE to 180, and to 200. */
  readonly ringing: number;
  readonly answered: number;
  /** Of a call, Asterisk and service of both systems. */
  readonly processor: number;
  /** Of the highest rates; left out where they were not measured, or nothing was held. */
  readonly callsPerSecond?: number | undefined;
}

/** Each way of Interlinks against plain Dial over the same kind of trunk, and against each way of DUNDi. */
export function ratiosOf(calls: readonly CallFigures[], rates: readonly HeldRate[]): readonly Ratios[] {
  return calls
    .filter(({ name }) => name.startsWith('Interlinks'))
    .flatMap((ours) =>
      calls.filter((theirs) => isHeldAgainst(ours, theirs)).map((theirs) => ratiosTo(ours, theirs, rates)),
    );
}

function isHeldAgainst(ours: CallFigures, theirs: CallFigures): boolean {
  if (theirs.rttMs !== ours.rttMs) return false;
  const trunk = ours.name.includes('IAX2') ? 'IAX2' : 'PJSIP';
  return theirs.name === `plain Dial, ${trunk}` || theirs.name.startsWith('DUNDi');
}

function ratiosTo(ours: CallFigures, theirs: CallFigures, rates: readonly HeldRate[]): Ratios {
  const held = ({ name, rttMs }: CallFigures): number =>
    rates.find((one) => one.name === name && one.rttMs === rttMs)?.callsPerSecond ?? 0;
  const rate = held(ours) / held(theirs);
  return {
    name: ours.name,
    against: theirs.name,
    rttMs: ours.rttMs,
    ringing: round(ours.ringing.median / theirs.ringing.median),
    answered: round(ours.answered.median / theirs.answered.median),
    processor: round(processorOf(ours) / processorOf(theirs)),
    callsPerSecond: Number.isFinite(rate) && rate > 0 ? round(rate) : undefined,
  };
}

function processorOf({ processor: { asterisk, service } }: CallFigures): number {
  return asterisk + service;
}
