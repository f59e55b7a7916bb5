import { expect, test } from 'vitest';
import { sections } from './report.ts';
import { summarize } from './statistics.ts';

const run = (takenAt: string) => ({
  command: 'make bench',
  takenAt,
  seconds: 61,
  load: { before: 0.1, after: 2.5 },
});

test('shows when each figure was taken and whether its target was met, and nothing of what was not measured', () => {
  const text = sections({
    machine: { processor: 'X', cores: 2, memoryGb: 4, kernel: '6', node: 'v24', asterisk: '22' },
    runs: { calls: run('2026-11-27T21:00:00.000Z') },
    targets: [{ name: 'delay', target: 'floor: at most 15 ms', measured: '16 ms', met: false }],
    ratios: [
      {
        name: 'Interlinks, IAX2',
        against: 'DUNDi, switch',
        rttMs: 40,
        ringing: 1.234,
        answered: 1,
        processor: 2.5,
      },
    ],
    calls: [
      {
        name: 'plain Dial, PJSIP',
        rttMs: 40,
        failed: 1,
        ringing: summarize([1, 2, 3]),
        answered: summarize([4]),
        processor: { asterisk: 20, service: 0.05 },
        idle: { asterisk: 5, service: 1 },
      },
    ],
    rates: [{ name: 'plain Dial, PJSIP', rttMs: 0, callsPerSecond: 160, heldS: 60 }],
    farRates: [{ name: 'DUNDi, switch', rttMs: 40, callsPerSecond: 30, failedAt: 40, heldS: 60 }],
  }).join('');
  expect(text).toContain('| calls | `make bench` | 2026-11-27 21:00 | 61 s | 0.1 | 2.5 |');
  expect(text).toContain('| delay | floor: at most 15 ms | 16 ms | **no** |');
  expect(text).toContain(
    '| plain Dial, PJSIP | 2.0 ms | 3.0 ms | 3.0 ms | 4.0 ms | 4.0 ms | 4.0 ms | 20.0 ms | 50 µs | 5.0 ms | 1.0 ms | 1 of 4 |',
  );
  expect(text).toContain('| Interlinks, IAX2 | DUNDi, switch | 40 ms | 1.23 × | 1.00 × | 2.50 × |  |');
  expect(text).toContain('| DUNDi, switch | 40 ms | 30 | 60 s | 40 |');
  expect(text).toContain('| plain Dial, PJSIP | 0 ms | 160 | 60 s | none of those tried |');
  expect(text).not.toContain('Lookups');
  expect(text).not.toContain('Growth');
});
