import { createHash } from 'node:crypto';
import { cleanDisplayName } from './display-name.ts';
import type { ActiveInterlink } from './interlink.ts';
import type { NumberPlan } from './number-plan.ts';

/** All that a linked system is told of a number. */
export interface SharedNumber {
  /** `[0-9*#]{1,20}` */
  readonly number: string;
  /** Up to 40 printable characters. */
  readonly name: string | undefined;
}

/** What one system shares with those it is linked to. */
export interface Directory {
  /** Changes with the content and with nothing else; 1 to 64 characters of base64url. */
  readonly revision: string;
  /** No number twice. */
  readonly numbers: readonly SharedNumber[];
}

/** What one peer shares, as far as it is known here. */
export interface KnownDirectory {
  readonly interlink: ActiveInterlink;
  readonly away: boolean;
  /** Whether it is known to be what the peer shares now. */
  readonly current: boolean;
  /** Milliseconds since the epoch; undefined when none ever came. */
  readonly receivedAt: number | undefined;
  readonly numbers: readonly SharedNumber[];
}

/** A peer that may have a number. */
export interface PossibleOwner {
  readonly interlink: ActiveInterlink;
  /** Whether the last directory it sent has the number. If not, that directory may be out of date. */
  readonly listed: boolean;
  /** Whether it is known not to answer. */
  readonly away: boolean;
}

/**
 * What a system shares: its own numbers that are neither private nor emergency numbers. The revision is a hash of
 * exactly what is sent, so it says nothing of what is not, and a restart or a restored backup gives the same one.
 */
export function directoryOf(plan: NumberPlan): Directory {
  const numbers = plan.numbers
    .filter(({ number }) => plan.findShared(number) !== undefined)
    .map(({ number, name }) => ({ number, name: name === undefined ? undefined : cleanDisplayName(name) }))
    .toSorted((a, b) => compare(a.number, b.number));
  const content = JSON.stringify(numbers.map(({ number, name }) => [number, name ?? null]));
  return { revision: createHash('sha256').update(content).digest('base64url'), numbers };
}

/** The order in which peers that have the same number are tried: the oldest interlink first. */
export function byAge(a: ActiveInterlink, b: ActiveInterlink): number {
  return a.createdAt - b.createdAt || compare(a.id, b.id);
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
