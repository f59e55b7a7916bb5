import { beforeEach, describe, expect, test } from 'vitest';
import type { CallRecord } from '../domain/call.ts';
import type { ConfigState } from '../domain/config-state.ts';
import type { HealthSigns } from '../domain/health.ts';
import type { Interlink } from '../domain/interlink.ts';
import { activeInterlink } from '../domain/testing/samples.ts';
import { Metrics, type Observed } from './metrics.ts';
import type { Readiness } from './readiness.ts';

const signs: HealthSigns = {
  since: 0,
  answeredAt: 1,
  misses: 0,
  heardAt: 1,
  missedBecause: undefined,
  gone: false,
  clockSkewMs: -1500,
  protocolAhead: 0,
  trunk: 'up',
  peerTrunk: 'up',
  asteriskConnected: true,
};
const ended: CallRecord = {
  callId: 'c1',
  direction: 'out',
  interlinkId: activeInterlink('Lisbon').id,
  caller: '101',
  dialed: '201',
  channel: 'ch1',
  startedAt: 0,
  ringingAt: undefined,
  answeredAt: undefined,
  endedAt: 1,
  cause: 17,
  outcome: 'busy',
};

let interlinks: Interlink[];
let signsOf: Record<string, HealthSigns>;
let active: CallRecord[];
let ready: Readiness;
let metrics: Metrics;

const settings: { state: ConfigState } = {
  state: { file: '', inForceSince: 1_700_000_000_500, refused: undefined, awaitingRestart: [] },
};
const ami = { ready: true };
const observed: Observed = {
  registry: { all: () => interlinks, find: (id) => interlinks.find((one) => one.id === id) },
  health: {
    healthOf: () => ({ colour: 'green', reason: 'connected' }),
    signsOf: (id) => signsOf[id],
  },
  recorder: { active: () => active },
  settings,
  readiness: { check: async () => ready },
  ami,
};

beforeEach(() => {
  const lisbon = activeInterlink('Lisbon');
  interlinks = [lisbon];
  signsOf = { [lisbon.id]: signs };
  active = [];
  ready = { asterisk: undefined, database: undefined };
  metrics = new Metrics();
});

/** Lines of the metrics whose name begins so, without their comments. */
async function lines(prefix: string): Promise<readonly string[]> {
  const text = await metrics.of(observed).expose();
  return text.split('\n').filter((line) => line.startsWith(prefix));
}

describe('an interlink', () => {
  test('is known by the name that the admin gave it', async () => {
    expect(await lines('interlinks_peer_up')).toEqual(['interlinks_peer_up{interlink="Lisbon"} 1']);
    expect(await lines('interlinks_clock_skew')).toEqual([
      'interlinks_clock_skew_seconds{interlink="Lisbon"} -1.5',
    ]);
    expect(await lines('interlinks_interlink_health')).toEqual([
      'interlinks_interlink_health{interlink="Lisbon",colour="green"} 1',
    ]);
  });

  test.each<[string, Partial<HealthSigns>]>([
    ['has missed heartbeats', { misses: 2 }],
    ['has never answered', { answeredAt: undefined }],
    ['has deleted it', { gone: true }],
  ])('whose peer %s is down', async (_, change) => {
    signsOf[activeInterlink('Lisbon').id] = { ...signs, ...change };
    expect(await lines('interlinks_peer_up')).toEqual(['interlinks_peer_up{interlink="Lisbon"} 0']);
  });

  test('takes its counts along when it is renamed, and leaves nothing behind', async () => {
    metrics.callEnded(ended, 'busy');
    await lines('interlinks');
    interlinks = [{ ...activeInterlink('Lisbon'), name: 'Lis"boa\\' }];
    expect((await lines('interlinks')).filter((line) => line.includes('Lisbon'))).toEqual([]);
    expect(await lines('interlinks_calls_total')).toEqual([
      String.raw`interlinks_calls_total{interlink="Lis\"boa\\",direction="out",outcome="busy"} 1`,
    ]);
  });

  test('leaves no series when it was deleted, not even by a call that ends afterwards', async () => {
    metrics.callEnded(ended, 'busy');
    await lines('interlinks');
    interlinks = [];
    signsOf = {};
    metrics.callEnded(ended, 'answered');
    expect((await lines('interlinks')).filter((line) => line.includes('interlink='))).toEqual([]);
  });
});

describe('calls', () => {
  test('are counted by how they ended, local ones without an interlink', async () => {
    metrics.callEnded(ended, 'busy');
    metrics.callEnded(ended, 'busy');
    metrics.callEnded({ ...ended, direction: 'local', interlinkId: undefined }, 'answered');
    expect(await lines('interlinks_calls_total')).toEqual([
      'interlinks_calls_total{interlink="Lisbon",direction="out",outcome="busy"} 2',
      'interlinks_calls_total{interlink="",direction="local",outcome="answered"} 1',
    ]);
    // Asking again counts nothing twice.
    expect(await lines('interlinks_calls_total')).toHaveLength(2);
    expect((await lines('interlinks_calls_total'))[0]).toMatch(/ 2$/);
  });

  test('that are up are counted by direction, none of them too', async () => {
    active = [ended];
    expect(await lines('interlinks_calls_active')).toEqual([
      'interlinks_calls_active{direction="local"} 0',
      'interlinks_calls_active{direction="out"} 1',
      'interlinks_calls_active{direction="in"} 0',
    ]);
  });

  test('say nowhere what was dialed or who called, however many numbers there are', async () => {
    for (let number = 1000; number < 1100; number += 1) {
      metrics.callEnded({ ...ended, dialed: String(number), caller: String(number + 5000) }, 'busy');
      metrics.postDialDelay('out', 0.01);
    }
    const series = await lines('interlinks_calls_total');
    expect(series).toHaveLength(1);
    expect((await lines('')).join('\n')).not.toMatch(/"(1|6)0\d\d"/);
  });
});

test('what can be counted is there before it happens, so that the first time is an increase', async () => {
  expect(await lines('interlinks_auth_failures_total{reason="admin-token"}')).toEqual([
    'interlinks_auth_failures_total{reason="admin-token"} 0',
  ]);
  expect(await lines('interlinks_lookup_duration_seconds_count{answer="no-answer"}')).toHaveLength(1);
  expect(await lines('interlinks_post_dial_delay_seconds_count{direction="out"}')).toHaveLength(1);
});

test('Asterisk and the database', async () => {
  const failure = { code: 'internal', message: 'It is not there', remedy: 'Start it.' } as const;
  ready = { asterisk: failure, database: undefined };
  expect(await lines('interlinks_asterisk_up')).toEqual(['interlinks_asterisk_up 0']);
  expect(await lines('interlinks_database_up')).toEqual(['interlinks_database_up 1']);
  ready = { asterisk: undefined, database: failure };
  expect(await lines('interlinks_asterisk_up')).toEqual(['interlinks_asterisk_up 1']);
  expect(await lines('interlinks_database_up')).toEqual(['interlinks_database_up 0']);
});

test('AMI', async () => {
  expect(await lines('interlinks_ami_up')).toEqual(['interlinks_ami_up 1']);
  ami.ready = false;
  expect(await lines('interlinks_ami_up')).toEqual(['interlinks_ami_up 0']);
});

test('a refused configuration leaves the time of the one in force', async () => {
  expect(await lines('interlinks_config')).toEqual([
    'interlinks_config_last_reload_successful 1',
    'interlinks_config_last_reload_success_timestamp_seconds 1700000000.5',
  ]);
  const failure = { code: 'config-invalid', message: 'It is wrong', remedy: 'Correct it.' } as const;
  settings.state = { ...settings.state, refused: { at: 1_800_000_000_000, failure, notPrivate: [] } };
  expect(await lines('interlinks_config')).toEqual([
    'interlinks_config_last_reload_successful 0',
    'interlinks_config_last_reload_success_timestamp_seconds 1700000000.5',
  ]);
});

test('the event loop counts the 50 ms between two looks as lag', async () => {
  await expect
    .poll(async () => Number((await lines('nodejs_eventloop_lag_mean_seconds ')).join('').split(' ')[1]), {
      interval: 300,
      timeout: 5000,
    })
    .toBeGreaterThan(0.045);
});
