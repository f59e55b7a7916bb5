import { afterEach, expect, test } from 'vitest';
import { unknownThere } from '../domain/health.ts';
import type { Identity } from '../domain/identity.ts';
import { makeIdentity } from './identity.ts';
import { SystemPool } from './testing/system-pool.ts';
import { activeOn, link } from './testing/test-system.ts';

const systems = new SystemPool();
afterEach(async () => await systems.stopAll());

test.each<[string, (genuine: Identity) => Identity, string]>([
  ['another certificate', () => makeIdentity([]), 'what answers there shows another certificate'],
  [
    'the same certificate, but has another key',
    (genuine) => ({
      ...makeIdentity([]),
      certificate: genuine.certificate,
      certificateKey: genuine.certificateKey,
    }),
    unknownThere,
  ],
])(
  'who takes the place of a peer and shows %s makes the interlink red, with that as the reason',
  async (_, impostor, reason) => {
    const [berlin, lisbon] = await systems.startBoth();
    const id = await link(berlin, lisbon);
    await systems.stop(lisbon);
    const { address, port } = lisbon;
    await systems.start({ name: 'Lisbon', address, port, identity: impostor(lisbon.identity) });
    berlin.health.start();
    // Each change of the trunk is told at once, so that two misses need no waiting.
    for (const [misses, state] of [
      [1, 'up'],
      [2, 'down'],
    ] as const) {
      await expect.poll(() => berlin.health.signsOf(id)?.misses).toBe(misses);
      berlin.health.trunkStateChanged(id, state);
    }
    expect(berlin.health.healthOf(activeOn(berlin, id))).toMatchObject({
      colour: 'red',
      reason: expect.stringContaining(`(${reason})`),
    });
  },
);
