import type { CallFigures } from './calls.ts';
import type { GrowthFigures } from './growth.ts';
import type { LookupResults } from './lookups.ts';
import type { HeldRate } from './rates.ts';
import { round, type Summary } from './statistics.ts';

export interface Figures {
  readonly calls: readonly CallFigures[];
  readonly rates: readonly HeldRate[];
  /** Milliseconds from the INVITE to 404 for a number that nobody has. */
  readonly nobody: Summary;
  readonly lookups: LookupResults;
  readonly growth: readonly GrowthFigures[];
}

/** One figure against what was set as its floor or its aim. */
export interface Target {
  readonly name: string;
  readonly target: string;
  readonly measured: string;
  readonly met: boolean;
}

const RTT_MS = 40;
/** Interlinks' default kind of trunk, encrypted, and the same without encryption, as plain Dial has it. */
const ENCRYPTED = 'Interlinks, PJSIP over TLS';
const CLEAR = 'Interlinks, PJSIP in clear';
const PLAIN = 'plain Dial, PJSIP';
const IAX2 = 'Interlinks, IAX2';
const PLAIN_IAX2 = 'plain Dial, IAX2';
const DUNDI = 'DUNDi, asked each time';

/** Holds the figures against their floors and aims: delays and rates over PJSIP, the processor over IAX2 too. */
export function judge({ calls, rates, nobody, lookups, growth }: Figures): readonly Target[] {
  const ringing = (name: string, rttMs: number): number => find(calls, { name, rttMs }).ringing.median;
  const processor = (name: string): number => {
    const { asterisk, service } = find(calls, { name, rttMs: 0 }).processor;
    return asterisk + service;
  };
  const costs = (figure: string, name: string, plain: string): readonly Target[] =>
    atMost(figure, processor(name) / processor(plain), '×', 2, 1.35);
  const held = (name: string): number => find(rates, { name, rttMs: 0 }).callsPerSecond;
  const later = (name: string, rttMs: number): number => ringing(name, rttMs) - ringing(PLAIN, rttMs);
  const grown = (
    many: Partial<GrowthFigures>,
    few: Partial<GrowthFigures>,
    of: 'dialMs' | 'nobodyMs',
  ): number => find(growth, many)[of] - find(growth, few)[of];
  const one = find(calls, { name: ENCRYPTED, rttMs: 0 }).ringing.median;
  const nobodys =
    (nobody.median + grown({ interlinks: 1000 }, { interlinks: 1 }, 'nobodyMs')) / nobody.median;
  const many = { interlinks: 10, numbers: 100_000 };
  const numbers = (one + grown(many, { interlinks: 10, numbers: 100 }, 'dialMs')) / one;
  const atFar = (how: string, name: string): readonly Target[] => {
    const figure = `the same ${how} at ${RTT_MS} ms RTT`;
    const overDundi = ringing(name, RTT_MS) - ringing(DUNDI, RTT_MS);
    return [
      ...atMost(figure, later(name, RTT_MS), 'ms', RTT_MS + 15, RTT_MS + 5),
      target(`${figure}, over DUNDi uncached`, 'aim', 'at most', 0, overDundi, 'ms'),
    ];
  };
  return [
    ...atMost(
      'post-dial delay (180), PJSIP over TLS, median over plain Dial',
      later(ENCRYPTED, 0),
      'ms',
      15,
      5,
    ),
    ...atMost('post-dial delay (180), PJSIP in clear, median over plain Dial', later(CLEAR, 0), 'ms', 15, 5),
    ...atFar('over TLS', ENCRYPTED),
    ...atFar('in clear', CLEAR),
    ...costs('CPU a call over TLS, both systems, of plain Dial', ENCRYPTED, PLAIN),
    ...costs('CPU a call in clear, both systems, of plain Dial', CLEAR, PLAIN),
    ...costs('CPU a call over IAX2, both systems, of plain Dial over IAX2', IAX2, PLAIN_IAX2),
    ...atLeast(
      'calls a second held over TLS, of what plain Dial holds',
      held(ENCRYPTED) / held(PLAIN),
      '×',
      0.5,
      0.8,
    ),
    ...atLeast('signed lookups a second on one core', lookups.signed.perSecondOfOneCore, '', 1000, 2000),
    ...atMost('dial of a number nobody has, 1,000 interlinks, of 1 interlink', nobodys, '×', 2, 1.1),
    ...atMost('post-dial delay with 100,000 numbers, of 100', numbers, '×', 1.2, 1.05),
  ];
}

function atMost(name: string, measured: number, unit: string, floor: number, aim: number): readonly Target[] {
  return [
    target(name, 'floor', 'at most', floor, measured, unit),
    target(name, 'aim', 'at most', aim, measured, unit),
  ];
}

function atLeast(
  name: string,
  measured: number,
  unit: string,
  floor: number,
  aim: number,
): readonly Target[] {
  return [
    target(name, 'floor', 'at least', floor, measured, unit),
    target(name, 'aim', 'at least', aim, measured, unit),
  ];
}

function target(
  name: string,
  kind: 'floor' | 'aim',
  side: 'at most' | 'at least',
  limit: number,
  measured: number,
  unit: string,
): Target {
  const shown = (value: number): string => `${value} ${unit}`.trim();
  return {
    name,
    target: `${kind}: ${side} ${shown(limit)}`,
    measured: shown(round(measured)),
    met: side === 'at most' ? measured <= limit : measured >= limit,
  };
}

function find<T extends object>(list: readonly T[], like: Partial<T>): T {
  const found = list.find((one) =>
    Object.entries(like).every(([key, value]) => one[key as keyof T] === value),
  );
  if (found === undefined) throw new Error(`nothing was measured of ${JSON.stringify(like)}`);
  return found;
}
