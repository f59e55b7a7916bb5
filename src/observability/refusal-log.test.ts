import { beforeEach, expect, test } from 'vitest';
import { createLog } from './log.ts';
import { Metrics } from './metrics.ts';
import { RefusalLog } from './refusal-log.ts';

const observed = {
  registry: { all: () => [], find: () => undefined },
  health: { healthOf: () => ({ colour: 'grey', reason: '' }) as const, signsOf: () => undefined },
  recorder: { active: () => [] },
  settings: { state: { file: '', inForceSince: 0, refused: undefined, awaitingRestart: [] } },
  readiness: { check: async () => ({ asterisk: undefined, database: undefined }) },
  ami: { ready: true },
};

let lines: string[];
let now: number;
let metrics: Metrics;
let refusals: RefusalLog;

beforeEach(() => {
  lines = [];
  now = 0;
  metrics = new Metrics();
  const { log } = createLog({ level: 'info', system: 'Berlin' }, { write: (line) => void lines.push(line) });
  refusals = new RefusalLog(log.child({ part: 'refusals' }), metrics, () => now);
});

test.each([
  ['192.0.2.1', '192.0.2.1'],
  ['192.0.2.1:5060', '192.0.2.1'],
  ['::ffff:192.0.2.1', '192.0.2.1'],
  ['2001:db8::1', '2001:db8::1'],
  ['[2001:DB8:0::1]:5060', '2001:db8::1'],
])('the address %s is written in one form', (remote, address) => {
  refusals.refused('admin-token', remote);
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({ remote: address, reason: 'admin-token' });
});

test.each([undefined, '', 'unknown', '192.0.2.1","remote":"198.51.100.9', '192.0.2.1.evil.example'])(
  'what is no address is not written: %s',
  (remote) => {
    refusals.refused('ticket-missing', remote);
    expect(JSON.parse(lines[0] ?? '')).not.toHaveProperty('remote');
  },
);

test('address and reason stand before anything that a stranger wrote', () => {
  refusals.refused('ticket-missing', '192.0.2.1:5060', { number: '","remote":"198.51.100.9"' });
  expect(lines[0]).toMatch(
    /^\{"level":40,"time":"[^"]+","system":"Berlin","part":"refusals","remote":"192\.0\.2\.1","reason":"ticket-missing","number":"/,
  );
});

test('a flood from one address is counted whole and written in part, also after a while; others are still written', async () => {
  for (let time = 0; time < 1000; time += 1) refusals.refused('peer-token', '192.0.2.1');
  refusals.refused('peer-token', '198.51.100.9');
  expect(lines).toHaveLength(22);
  expect(lines[20]).toContain('many refusals of one address');
  expect(lines[21]).toContain('198.51.100.9');
  now += 600_000;
  for (let time = 0; time < 1000; time += 1) refusals.refused('peer-token', '192.0.2.1');
  expect(lines).toHaveLength(27);
  expect(await metrics.of(observed).expose()).toContain('{reason="peer-token"} 2001');
});
