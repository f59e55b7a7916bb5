import { expect, test } from 'vitest';
import { ratiosOf } from './ratios.ts';
import { summarize } from './statistics.ts';

const way = (name: string, rttMs: number, ringing: number, asterisk: number, service = 0) => ({
  name,
  rttMs,
  failed: 0,
  ringing: summarize([ringing]),
  answered: summarize([2 * ringing]),
  processor: { asterisk, service },
  idle: { asterisk: 0, service: 0 },
});

const rate = (name: string, rttMs: number, callsPerSecond: number) => ({
  name,
  rttMs,
  callsPerSecond,
  heldS: 60,
});

test('holds each way against plain Dial over its kind of trunk and against DUNDi, at its round-trip time', () => {
  const ratios = ratiosOf(
    [
      way('plain Dial, PJSIP', 0, 10, 10),
      way('plain Dial, IAX2', 0, 8, 10),
      way('DUNDi, switch', 0, 20, 15),
      way('plain Dial, PJSIP', 40, 90, 10),
      way('Interlinks, PJSIP over TLS', 0, 30, 20, 10),
      way('Interlinks, IAX2', 0, 32, 20, 5),
      way('Interlinks, PJSIP over TLS', 40, 135, 20, 10),
    ],
    [
      rate('plain Dial, PJSIP', 0, 80),
      rate('plain Dial, PJSIP', 40, 10),
      rate('Interlinks, PJSIP over TLS', 0, 40),
    ],
  );
  expect(ratios.map(({ name, against, rttMs }) => [name, against, rttMs])).toEqual([
    ['Interlinks, PJSIP over TLS', 'plain Dial, PJSIP', 0],
    ['Interlinks, PJSIP over TLS', 'DUNDi, switch', 0],
    ['Interlinks, IAX2', 'plain Dial, IAX2', 0],
    ['Interlinks, IAX2', 'DUNDi, switch', 0],
    ['Interlinks, PJSIP over TLS', 'plain Dial, PJSIP', 40],
  ]);
  expect(ratios[0]).toMatchObject({ ringing: 3, answered: 3, processor: 3, callsPerSecond: 0.5 });
  expect(ratios[1]).toMatchObject({ ringing: 1.5, processor: 2 });
  expect(ratios[4]).toMatchObject({ ringing: 1.5 });
  expect(ratios.slice(1).map(({ callsPerSecond }) => callsPerSecond)).toEqual(Array(4).fill(undefined));
});
