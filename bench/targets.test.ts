import { expect, test } from 'vitest';
import type { CallFigures } from './calls.ts';
import { summarize } from './statistics.ts';
import { judge, type Figures, type Target } from './targets.ts';

const PLAIN = 'plain Dial, PJSIP';
const ENCRYPTED = 'Interlinks, PJSIP over TLS';
const CLEAR = 'Interlinks, PJSIP in clear';
const DUNDI = 'DUNDi, asked each time';
const IAX2 = 'Interlinks, IAX2';
const PLAIN_IAX2 = 'plain Dial, IAX2';

/** Each way's delay and processor time in milliseconds, at both round-trip times. */
interface Way {
  readonly near: number;
  readonly far: number;
  readonly asterisk: number;
  readonly service: number;
}

const ways: Readonly<Record<string, Way>> = {
  [PLAIN]: { near: 10, far: 90, asterisk: 20, service: 0 },
  [DUNDI]: { near: 12, far: 140, asterisk: 22, service: 0 },
  [ENCRYPTED]: { near: 20, far: 140, asterisk: 26, service: 4 },
  [CLEAR]: { near: 14, far: 146, asterisk: 22, service: 4 },
  [PLAIN_IAX2]: { near: 10, far: 130, asterisk: 16, service: 0 },
  [IAX2]: { near: 20, far: 180, asterisk: 30, service: 10 },
};

function figures(change: Partial<Figures> & { readonly ways?: typeof ways } = {}): Figures {
  const { ways: measured = ways, ...others } = change;
  const speed = { milliseconds: summarize([10]), perSecond: 900 };
  return {
    calls: Object.entries(measured).flatMap(([name, way]) => [
      called(name, 0, way.near, way),
      called(name, 40, way.far, way),
    ]),
    rates: [
      { name: PLAIN, rttMs: 0, callsPerSecond: 50, heldS: 60 },
      { name: ENCRYPTED, rttMs: 0, callsPerSecond: 30, heldS: 60 },
      { name: ENCRYPTED, rttMs: 40, callsPerSecond: 20, heldS: 60 },
    ],
    nobody: summarize([10]),
    lookups: {
      signed: { ...speed, perSecondOfOneCore: 1500 },
      unsigned: { ...speed, perSecondOfOneCore: 9000 },
    },
    growth: [
      { interlinks: 1, numbers: 1, dialMs: 1, nobodyMs: 0.1 },
      { interlinks: 1000, numbers: 1000, dialMs: 1, nobodyMs: 0.6 },
      { interlinks: 10, numbers: 100, dialMs: 1, nobodyMs: 0.1 },
      { interlinks: 10, numbers: 100_000, dialMs: 3, nobodyMs: 0.1 },
    ],
    ...others,
  };
}

function called(name: string, rttMs: number, ms: number, { asterisk, service }: Way): CallFigures {
  const summary = summarize([ms]);
  const idle = { asterisk: 30, service: 10 };
  const processor = { asterisk, service };
  return { name, rttMs, failed: 0, ringing: summary, answered: summary, processor, idle };
}

/** Floor and aim of what is measured under a name. */
function judged(name: string, measured: Figures): readonly Target[] {
  const found = judge(measured).filter((target) => target.name === name);
  expect(found.length).toBeGreaterThan(0);
  return found;
}

test.each([
  ['post-dial delay (180), PJSIP over TLS, median over plain Dial', '10 ms', true, false],
  ['post-dial delay (180), PJSIP in clear, median over plain Dial', '4 ms', true, true],
  ['the same over TLS at 40 ms RTT', '50 ms', true, false],
  ['the same in clear at 40 ms RTT', '56 ms', false, false],
  ['CPU a call over TLS, both systems, of plain Dial', '1.5 ×', true, false],
  ['CPU a call in clear, both systems, of plain Dial', '1.3 ×', true, true],
  ['CPU a call over IAX2, both systems, of plain Dial over IAX2', '2.5 ×', false, false],
  ['calls a second held over TLS, of what plain Dial holds', '0.6 ×', true, false],
  ['signed lookups a second on one core', '1500', true, false],
  ['dial of a number nobody has, 1,000 interlinks, of 1 interlink', '1.05 ×', true, true],
  ['post-dial delay with 100,000 numbers, of 100', '1.1 ×', true, false],
] as const)('judges: %s', (name, measured, floor, aim) => {
  const [first, second] = judged(name, figures());
  expect(first).toMatchObject({ measured, met: floor });
  expect(first?.target).toMatch(/^floor/);
  expect(second).toMatchObject({ measured, met: aim });
  expect(second?.target).toMatch(/^aim/);
});

test.each([
  ['the same over TLS at 40 ms RTT, over DUNDi uncached', '0 ms', true],
  ['the same in clear at 40 ms RTT, over DUNDi uncached', '6 ms', false],
] as const)('holds the delay at 40 ms against DUNDi too: %s', (name, measured, met) => {
  expect(judged(name, figures())).toMatchObject([{ measured, met }]);
});

test('counts a rate of which nothing was held as not met, on either side', () => {
  const name = 'calls a second held over TLS, of what plain Dial holds';
  for (const held of [0, 30]) {
    const rates = [
      { name: PLAIN, rttMs: 0, callsPerSecond: held, heldS: 60 },
      { name: ENCRYPTED, rttMs: 0, callsPerSecond: 0, heldS: 60 },
    ];
    expect(judged(name, figures({ rates })).map(({ met }) => met)).toEqual([false, false]);
  }
});

test('says what is missing rather than judge without it', () => {
  expect(() => judge(figures({ rates: [] }))).toThrow(
    `nothing was measured of {"name":"${ENCRYPTED}","rttMs":0}`,
  );
});
