import { readFile, writeFile } from 'node:fs/promises';
import type { HourFigures } from './hour.ts';
import { ratiosOf, type Ratios } from './ratios.ts';
import type { HeldRate } from './rates.ts';
import type { Machine } from './machine.ts';
import type { SystemFigures } from './systems.ts';
import { judge, type Figures, type Target } from './targets.ts';

/** All that can be measured; what is left out of a run keeps the figures of an earlier one. */
export interface AllFigures extends Figures {
  /** As `rates`, with a round-trip time between the systems. */
  readonly farRates: readonly HeldRate[];
  readonly systems: readonly SystemFigures[];
  readonly hour: HourFigures;
}

export type Phase = keyof AllFigures;

/** When and how a phase was measured last. */
export interface Run {
  readonly command: string;
  readonly takenAt: string;
  readonly seconds: number;
  /** Of the minute before it, and of its last: well above the number of cores means that others were at work. */
  readonly load: { readonly before: number; readonly after: number };
}

export interface Results extends Partial<AllFigures> {
  readonly machine: Machine;
  readonly runs: Readonly<Partial<Record<Phase, Run>>>;
  readonly targets: readonly Target[];
  readonly ratios: readonly Ratios[];
}

/** The results so far; none is no error. */
export async function readResults(file: string): Promise<Partial<Results>> {
  const text = await readFile(file, 'utf8').catch(() => '{}');
  return JSON.parse(text) as Partial<Results>;
}

/** Writes results with their targets judged, and ratios reckoned, anew. */
export async function writeResults(
  file: string,
  results: Omit<Results, 'targets' | 'ratios'>,
): Promise<Results> {
  const { machine, runs, ...figures } = results;
  const { calls = [], rates = [], farRates = [] } = figures;
  const judged = {
    machine,
    runs,
    targets: isComplete(figures) ? judge(figures) : [],
    ratios: ratiosOf(calls, [...rates, ...farRates]),
    ...figures,
  };
  await writeFile(file, `${JSON.stringify(judged, undefined, 2)}\n`);
  return judged;
}

function isComplete(figures: Partial<AllFigures>): figures is Figures {
  return ['calls', 'rates', 'nobody', 'lookups', 'growth'].every((phase) => phase in figures);
}
