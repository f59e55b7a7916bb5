import { expect, test } from 'vitest';
import { EventHub } from '../domain/event-hub.ts';
import type { SystemEvent } from '../domain/system-event.ts';
import { HealthMonitor } from './health-monitor.ts';
import { publishInterlinkEvents } from './interlink-events.ts';
import { SampleInterlinks, silentLogger } from './testing/samples.ts';

test('tells of an interlink’s whole life, each step once', async () => {
  const samples = new SampleInterlinks();
  const { registry } = samples;
  const health = new HealthMonitor({
    registry,
    transport: { heartbeat: async () => await Promise.resolve({ kind: 'missed', reason: 'no network' }) },
    history: { historyFor: () => ({ own: undefined, yours: undefined }), historyTold: () => undefined },
    directories: { revisionsFor: () => ({ shares: '', has: undefined }), revisionsTold: () => undefined },
    system: () => ({ name: 'Berlin' }),
    contact: () => undefined,
    version: '1.0',
    protocol: 1,
    now: Date.now,
    uptime: Date.now,
    logger: silentLogger,
  });
  const hub = new EventHub<SystemEvent>({ instance: 'x', capacity: 100, now: Date.now });
  const told: string[] = [];
  hub.subscribe(({ event }) => {
    if ('interlink' in event) told.push(`${event.kind} ${event.interlink.state} ${event.health.colour}`);
  });
  health.start();
  const end = publishInterlinkEvents({ registry, health, hub });

  const { id } = await samples.addActive('ber');
  await registry.refresh(id);
  health.asteriskConnectionChanged(true);
  await expect.poll(() => health.signsOf(id)?.misses).toBe(1);
  health.heard(await found(samples, id), { version: '1.0', protocol: 1, name: 'Lisbon', trunk: 'up' });
  await expect.poll(() => health.signsOf(id)?.misses).toBe(2);
  await samples.bury(id);

  expect(told).toEqual([
    'interlink-added key-ready grey',
    'interlink-changed pairing grey',
    'interlink-changed active amber',
    'health-changed active red',
    'interlink-removed active amber',
  ]);
  end();
  await samples.addKey('far');
  expect(told).toHaveLength(5);
  await health.stop();
});

async function found(samples: SampleInterlinks, id: string): ReturnType<SampleInterlinks['addActive']> {
  const interlink = await samples.registry.refresh(id);
  if (interlink === undefined) throw new Error('gone');
  return interlink;
}
