import { afterEach, describe, expect, test } from 'vitest';
import type { SealedPairingRequest } from '../interlinks/peer-transport.ts';
import { rawRequest } from './testing/raw-request.ts';
import { between, losing, outcomeOf, SystemPool, untilActive } from './testing/system-pool.ts';
import { activeOn, link } from './testing/test-system.ts';
import { headers, paths } from './wire.ts';

const systems = new SystemPool();
afterEach(async () => await systems.stopAll());

describe('what gets lost is repeated', () => {
  test.each(['answer', 'confirmation', 'answer to the confirmation'] as const)(
    '%s lost, redeemer restarted: both have the interlink',
    async (what) => {
      const [berlin, lisbon] = await systems.startBoth(losing(what));
      const key = await berlin.newKey('Lisbon');
      const result = await lisbon.redeemKey.redeem({ name: 'Berlin', key });
      expect(outcomeOf(result)).toBe('pairing');
      const id = result.ok ? result.value.id : '';
      await systems.stop(lisbon);
      const restarted = await systems.restart(lisbon);
      await restarted.runner.resumeRedemptions();
      await untilActive(restarted, id);
      expect(activeOn(berlin, id).peer.id).toBe(lisbon.identity.id);
      const atBerlin = await berlin.store.secrets(id);
      const atLisbon = await restarted.store.secrets(id);
      expect(atBerlin).toEqual({ inbound: atLisbon?.outbound, outbound: atLisbon?.inbound });
    },
  );

  test('the issuer restarted in between', async () => {
    const [berlin, lisbon] = await systems.startBoth(losing('answer'));
    const key = await berlin.newKey('Lisbon');
    const result = await lisbon.redeemKey.redeem({ name: 'Berlin', key });
    const id = result.ok ? result.value.id : '';
    await systems.stop(berlin);
    const restarted = await systems.restart(berlin);
    await systems.stop(lisbon);
    const lisbonAgain = await systems.restart(lisbon);
    await lisbonAgain.runner.resumeRedemptions();
    await untilActive(lisbonAgain, id);
    expect(activeOn(restarted, id).peer.id).toBe(lisbon.identity.id);
  });

  test('the same message twice at once gets the same answer', async () => {
    let copy: SealedPairingRequest | undefined;
    const [berlin, lisbon] = await systems.startBoth(
      between({
        request: (sealed) => {
          copy = sealed;
          return sealed;
        },
      }),
    );
    await link(berlin, lisbon);
    if (copy === undefined) throw new Error('nothing was sent');
    const { keyId, mac, signature, body } = copy;
    const sent = { authorization: `InterlinkKey ${keyId}.${mac}`, [headers.signature]: signature };
    const replies = await Promise.all(
      [1, 2].map(async () => await rawRequest(berlin.local.url, paths.pairings, sent, body)),
    );
    expect(replies.map(({ status }) => status)).toEqual([200, 200]);
    expect(replies[0]?.text).toBe(replies[1]?.text);
    expect(replies[0]?.headers[headers.mac]).toBe(replies[1]?.headers[headers.mac]);
  });
});

test('a system that cannot be reached leaves nothing behind, and the key stays good', async () => {
  const [berlin, lisbon] = await systems.startBoth();
  const key = await berlin.newKey('Lisbon');
  await systems.stop(berlin);
  const result = await lisbon.redeemKey.redeem({ name: 'Berlin', key });
  expect(result).toMatchObject({
    failure: { code: 'peer-unreachable', remedy: expect.stringContaining('same key') },
  });
  expect(lisbon.registry.all()).toEqual([]);
  await systems.restart(berlin);
  expect(outcomeOf(await lisbon.redeemKey.redeem({ name: 'Berlin', key }))).toBe('active');
});
