import type { LocalNumber } from '../domain/local-number.ts';

/** What a new configuration did to the numbers, for the log. */
export interface NumberChanges {
  readonly added?: readonly string[];
  readonly removed?: readonly string[];
  /** Shared before, private now. */
  readonly madePrivate?: readonly string[];
  readonly madeShared?: readonly string[];
}

/** @param most how many numbers are named of each kind */
export function changedNumbers(
  before: readonly LocalNumber[],
  after: readonly LocalNumber[],
  most: number,
): NumberChanges {
  const old = new Map(before.map((local) => [local.number, local]));
  const now = new Map(after.map((local) => [local.number, local]));
  const turned = (hidden: boolean) =>
    after.filter((local) => local.private === hidden && old.get(local.number)?.private === !hidden);
  return {
    ...named(
      'added',
      after.filter(({ number }) => !old.has(number)),
      most,
    ),
    ...named(
      'removed',
      before.filter(({ number }) => !now.has(number)),
      most,
    ),
    ...named('madePrivate', turned(true), most),
    ...named('madeShared', turned(false), most),
  };
}

function named(key: keyof NumberChanges, numbers: readonly LocalNumber[], most: number): NumberChanges {
  if (numbers.length === 0) return {};
  const names = numbers.slice(0, most).map(({ number }) => number);
  return { [key]: numbers.length > most ? [...names, `and ${numbers.length - most} more`] : names };
}
