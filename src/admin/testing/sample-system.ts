import type { System } from '../schema.ts';

/** When everything happens in tests that do not care. */
export const sampleTime = '2026-11-23T17:00:00.000Z';

/** A system of which everything is fine. */
export const sampleSystem: System = {
  name: 'Berlin',
  id: 'id',
  version: '1',
  asterisk: { connected: true },
  ami: { connected: true },
  database: 'sqlite',
  config: { file: '/etc/interlinks/interlinks.yaml', inForceSince: sampleTime, awaitingRestart: [] },
};
