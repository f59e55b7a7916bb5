import { afterEach, describe, expect, test } from 'vitest';
import { decodeKey, encodeKey, interlinkIdOf } from '../domain/authorization-key.ts';
import type { Resolve } from './connector.ts';
import { outcomeOf, SystemPool } from './testing/system-pool.ts';
import { makeTrunkCertificate } from '../domain/trunk-certificate.ts';
import { activeOn, link } from './testing/test-system.ts';
import type { TestSystem, TestSystemOptions } from './testing/test-system.ts';

const systems = new SystemPool();
afterEach(async () => await systems.stopAll());

const linkLocal: Resolve = async () => await Promise.resolve([{ address: '169.254.169.254', family: 4 }]);

async function redeem(system: TestSystem, key: string): Promise<string> {
  return outcomeOf(await system.redeemKey.redeem({ name: 'X', key }));
}

describe('one key links two systems', () => {
  test('each knows the other, and the trunk secrets match crosswise', async () => {
    const [berlin, lisbon] = await systems.startBoth();
    const id = await link(berlin, lisbon);
    expect(activeOn(berlin, id)).toMatchObject({
      name: 'Lisbon',
      role: 'issuer',
      peer: {
        id: lisbon.identity.id,
        name: 'Lisbon',
        url: lisbon.local.url,
        certificate: lisbon.identity.certificate,
        trunk: { kind: 'pjsip', host: '127.0.0.3', port: 5071, certificate: lisbon.local.trunk.certificate },
      },
    });
    expect(activeOn(lisbon, id)).toMatchObject({
      name: 'Berlin',
      role: 'redeemer',
      peer: {
        id: berlin.identity.id,
        url: berlin.local.url,
        certificate: berlin.identity.certificate,
        trunk: { kind: 'pjsip', host: '127.0.0.2', port: 5071, certificate: berlin.local.trunk.certificate },
      },
    });
    const atBerlin = await berlin.store.secrets(id);
    const atLisbon = await lisbon.store.secrets(id);
    expect(atBerlin).toEqual({ inbound: atLisbon?.outbound, outbound: atLisbon?.inbound });
    expect(atBerlin?.inbound).not.toBe(atBerlin?.outbound);
  });

  test('with the trunk kind and address that the issuer chose', async () => {
    const [berlin, lisbon] = await systems.startBoth();
    const key = await berlin.newKey('Lisbon', { trunkKind: 'iax2', trunkHost: 'vpn.berlin.example' });
    const result = await lisbon.redeemKey.redeem({ name: 'Berlin', key: key.toLowerCase() });
    const trunk = { kind: 'iax2', host: 'vpn.berlin.example', port: 4569 };
    expect(result).toMatchObject({ value: { trunkKind: 'iax2', peer: { trunk } } });
  });

  test('without encryption when both admins say so, and not else; the key stays good', async () => {
    const [berlin, lisbon] = await systems.startBoth();
    const key = await berlin.newKey('Lisbon', { trunkKind: 'pjsip-plain' });
    expect(outcomeOf(await lisbon.redeemKey.redeem({ name: 'Berlin', key }))).toBe('trunk-unsupported');
    const result = await lisbon.redeemKey.redeem({ name: 'Berlin', key, plain: true });
    const trunk = { kind: 'pjsip-plain', host: '127.0.0.2', port: 5071 };
    expect(result).toMatchObject({ value: { trunkKind: 'pjsip-plain' } });
    expect(lisbon.registry.active()[0]?.peer.trunk).toEqual(trunk);
  });

  test('with encryption although the redeemer would do without', async () => {
    const [berlin, lisbon] = await systems.startBoth();
    const key = await berlin.newKey('Lisbon');
    const result = await lisbon.redeemKey.redeem({ name: 'Berlin', key, plain: true });
    expect(result).toMatchObject({ value: { trunkKind: 'pjsip' } });
  });

  test.each([
    ['redeemer', 'request-invalid'],
    ['issuer', 'peer-untrusted'],
  ])('not when the trunk certificate of the %s is another system’s', async (who, code) => {
    const [berlin, lisbon] = await systems.startBoth();
    const system = who === 'issuer' ? berlin : lisbon;
    const { certificate } = makeTrunkCertificate('A'.repeat(43), [system.address]);
    system.local.trunk = { ...system.local.trunk, certificate };
    const key = await berlin.newKey('Lisbon');
    expect(outcomeOf(await lisbon.redeemKey.redeem({ name: 'Berlin', key }))).toBe(code);
    expect(lisbon.registry.active()).toEqual([]);
  });

  test('the admin of either side sees the other name as it can be shown', async () => {
    const [berlin, lisbon] = await systems.startBoth();
    lisbon.local.name = `Lis\u202Ebon\n${'x'.repeat(60)}`;
    const key = await berlin.newKey('Lisbon');
    await lisbon.redeemKey.redeem({ name: 'Berlin', key });
    expect(berlin.registry.active()[0]?.peer.name).toBe(`Lisbon${'x'.repeat(34)}`);
  });
});

describe('a key works once', () => {
  test('used by another system', async () => {
    const [berlin, lisbon] = await systems.startBoth();
    const oporto = await systems.start({ name: 'Oporto', address: '127.0.0.4' });
    const key = await berlin.newKey('Lisbon');
    expect(outcomeOf(await lisbon.redeemKey.redeem({ name: 'Berlin', key }))).toBe('active');
    expect(outcomeOf(await oporto.redeemKey.redeem({ name: 'Berlin', key }))).toBe('key-used');
    expect(oporto.registry.all()).toEqual([]);
  });

  test('entered again by the same system: under the same name the interlink, under another a refusal', async () => {
    const [berlin, lisbon] = await systems.startBoth();
    const key = await berlin.newKey('Lisbon');
    const first = await lisbon.redeemKey.redeem({ name: 'Berlin', key });
    expect(await lisbon.redeemKey.redeem({ name: 'Berlin', key })).toEqual(first);
    const again = await lisbon.redeemKey.redeem({ name: 'Berlin again', key });
    expect(again).toMatchObject({
      failure: { code: 'key-used', message: expect.stringContaining('"Berlin"') },
    });
  });

  test('20 systems at once, again and again: one wins each time', { timeout: 120_000 }, async () => {
    const berlin = await systems.start({ name: 'Berlin', address: '127.0.0.2' });
    const others = await Promise.all(
      Array.from(
        { length: 20 },
        async (_, index) => await systems.start({ name: `S${index}`, address: `127.0.1.${index + 1}` }),
      ),
    );
    for (let round = 0; round < 10; round += 1) {
      const key = await berlin.newKey('Somebody');
      const results = await Promise.all(
        others.map(async (system) => outcomeOf(await system.redeemKey.redeem({ name: 'Berlin', key }))),
      );
      expect(results.toSorted()).toEqual(['active', ...Array<string>(19).fill('key-used')]);
      const winner = others[results.indexOf('active')];
      expect(berlin.registry.active().map(({ peer }) => peer.id)).toEqual([winner?.identity.id]);
      expect(others.flatMap(({ registry }) => registry.all())).toHaveLength(1);
      await winner?.ending.end(berlin.registry.active()[0]?.id ?? '', 'this-side');
      await expect.poll(() => berlin.registry.all(), { timeout: 15_000 }).toEqual([]);
    }
  });

  test('expired by the issuer clock, whatever the redeemer clock says', async () => {
    const [berlin, lisbon] = await systems.startBoth();
    const key = await berlin.newKey('Lisbon', { expiresInMs: 600_000 });
    berlin.clockOffsetMs = 601_000;
    expect(outcomeOf(await lisbon.redeemKey.redeem({ name: 'Berlin', key }))).toBe('key-expired');
    berlin.clockOffsetMs = 0;
    lisbon.clockOffsetMs = 605_000;
    expect(outcomeOf(await lisbon.redeemKey.redeem({ name: 'Berlin', key }))).toBe('active');
  });
});

describe('refused before anything is sent', () => {
  test('mistyped, of another version, expired for long, own', async () => {
    const [berlin, lisbon] = await systems.startBoth();
    const key = await berlin.newKey('Lisbon');
    expect(await redeem(lisbon, key.slice(0, -1))).toBe('key-mistyped');
    expect(await redeem(lisbon, 'ilk2-AAAAA')).toBe('key-version');
    expect(await redeem(berlin, key)).toBe('key-own');
    lisbon.clockOffsetMs = 80 * 3_600_000;
    expect(await redeem(lisbon, key)).toBe('key-expired');
    expect(lisbon.registry.all()).toEqual([]);
    expect(berlin.registry.all()[0]?.state).toBe('key-ready');
  });

  test('a bad name, and one that is taken', async () => {
    const [berlin, lisbon] = await systems.startBoth();
    await link(berlin, lisbon);
    const oporto = await systems.start({ name: 'Oporto', address: '127.0.0.4' });
    const key = await oporto.newKey('Lisbon');
    expect(outcomeOf(await lisbon.redeemKey.redeem({ name: ' ', key }))).toBe('name-invalid');
    expect(outcomeOf(await lisbon.redeemKey.redeem({ name: 'BERLIN', key }))).toBe('name-taken');
    expect(outcomeOf(await lisbon.redeemKey.redeem({ name: 'Oporto', key }))).toBe('active');
  });

  test('a system that is linked already, by the name of the existing interlink', async () => {
    const [berlin, lisbon] = await systems.startBoth();
    await link(berlin, lisbon);
    const key = await berlin.newKey('Lisbon 2');
    await systems.stop(berlin);
    const result = await lisbon.redeemKey.redeem({ name: 'Berlin 2', key });
    expect(result).toMatchObject({
      failure: { code: 'already-linked', message: expect.stringContaining('"Berlin"') },
    });
  });

  test('an address that no peer may have', async () => {
    const [berlin, lisbon] = await systems.startBoth();
    const key = await berlin.newKey('Lisbon');
    lisbon.local.allowLoopback = false;
    expect(outcomeOf(await lisbon.redeemKey.redeem({ name: 'Berlin', key }))).toBe('peer-address-refused');
  });
});

test('two admins enter each other’s key at once: the systems are linked once, by the smaller id', async () => {
  const both = Promise.withResolvers<void>();
  let answers = 0;
  const together: Partial<TestSystemOptions> = {
    wrapTransport: (transport) => ({
      requestPairing: async (...parameters) => {
        const delivery = await transport.requestPairing(...parameters);
        answers += 1;
        if (answers === 2) both.resolve();
        await both.promise;
        return delivery;
      },
    }),
  };
  const berlin = await systems.start({ name: 'Berlin', address: '127.0.0.2', ...together });
  const lisbon = await systems.start({ name: 'Lisbon', address: '127.0.0.3', ...together });
  const keys = [await berlin.newKey('Lisbon'), await lisbon.newKey('Berlin')] as const;
  const outcomes = await Promise.all([redeem(lisbon, keys[0]), redeem(berlin, keys[1])]);
  expect(outcomes.toSorted()).toEqual(['active', 'already-linked']);
  const [smaller = ''] = keys
    .map((key) => decodeKey(key))
    .flatMap((decoded) => (decoded.ok ? [interlinkIdOf(decoded.value.secret)] : []))
    .toSorted();
  for (const { registry, store } of [berlin, lisbon]) {
    expect(registry.all()).toMatchObject([{ id: smaller, state: 'active' }]);
    const noticesDue = async () => (await store.unfinishedEnds()).filter(({ noticeDue }) => noticeDue);
    await expect.poll(noticesDue).toEqual([]);
  }
});

test('an issuer whose trunk is at a name that leads to an address of no other system is told that it is over', async () => {
  const [berlin, lisbon] = await systems.startBoth({ resolve: linkLocal });
  const host = 'trunk.berlin.example';
  const { certificate } = makeTrunkCertificate(berlin.identity.id, [host]);
  berlin.local.trunk = { ...berlin.local.trunk, host, certificate };
  const key = await berlin.newKey('Lisbon');
  expect(outcomeOf(await lisbon.redeemKey.redeem({ name: 'Berlin', key }))).toBe('peer-address-refused');
  expect(lisbon.registry.all()).toEqual([]);
  await expect.poll(() => berlin.registry.all()).toEqual([]);
});

describe('refused by the issuer, with proof', () => {
  test('linked already, by the name that the issuer uses', async () => {
    const [berlin, lisbon] = await systems.startBoth();
    const id = await link(berlin, lisbon);
    await lisbon.store.bury(id, 0, { tellPeer: false });
    await lisbon.registry.refresh(id);
    const key = await berlin.newKey('Lisbon 2');
    const result = await lisbon.redeemKey.redeem({ name: 'Berlin 2', key });
    expect(result).toMatchObject({
      failure: { code: 'already-linked', message: expect.stringContaining('"Lisbon"') },
    });
    expect(berlin.registry.all().map(({ state }) => state)).toEqual(['active', 'key-ready']);
  });

  test('no trunk kind in common; the key is still good', async () => {
    const [berlin, lisbon] = await systems.startBoth({ kinds: ['iax2'] });
    const key = await berlin.newKey('Lisbon', { trunkKind: 'pjsip' });
    expect(outcomeOf(await lisbon.redeemKey.redeem({ name: 'Berlin', key }))).toBe('trunk-unsupported');
    expect(berlin.registry.all()[0]?.state).toBe('key-ready');
  });

  test('a kind of trunk that the issuer has given up since the key was generated; the key is still good', async () => {
    const [berlin, lisbon] = await systems.startBoth();
    const key = await berlin.newKey('Lisbon', { trunkKind: 'pjsip' });
    berlin.local.trunk = { ...berlin.local.trunk, kinds: ['iax2'], ports: { iax2: 4569 } };
    expect(outcomeOf(await lisbon.redeemKey.redeem({ name: 'Berlin', key }))).toBe('trunk-unsupported');
    expect(berlin.registry.all()[0]?.state).toBe('key-ready');
  });

  test('a redeemer that the issuer could never reach', async () => {
    const [berlin, lisbon] = await systems.startBoth();
    const key = await berlin.newKey('Lisbon');
    berlin.local.allowLoopback = false;
    expect(outcomeOf(await lisbon.redeemKey.redeem({ name: 'Berlin', key }))).toBe('peer-address-refused');
  });

  test('a trunk at a name that leads to an address of no other system', async () => {
    const berlin = await systems.start({ name: 'Berlin', address: '127.0.0.2', resolve: linkLocal });
    const lisbon = await systems.start({ name: 'Lisbon', address: '127.0.0.3' });
    const host = 'trunk.lisbon.example';
    const { certificate } = makeTrunkCertificate(lisbon.identity.id, [host]);
    lisbon.local.trunk = { ...lisbon.local.trunk, host, certificate };
    const key = await berlin.newKey('Lisbon');
    expect(outcomeOf(await lisbon.redeemKey.redeem({ name: 'Berlin', key }))).toBe('peer-address-refused');
    expect(berlin.registry.all()[0]?.state).toBe('key-ready');
  });

  test('under the key of this very system, carried by somebody else', async () => {
    const berlin = await systems.start({ name: 'Berlin', address: '127.0.0.2' });
    const decoded = decodeKey(await berlin.newKey('Lisbon'));
    if (!decoded.ok) throw new Error('no key');
    const twin = await systems.start({ name: 'Twin', address: '127.0.0.3', identity: berlin.identity });
    const foreign = encodeKey({ ...decoded.value, issuerIdentity: new Uint8Array(16).fill(1) });
    expect(outcomeOf(await twin.redeemKey.redeem({ name: 'Berlin', key: foreign }))).toBe('key-own');
  });
});

async function green(system: TestSystem): Promise<void> {
  await new Promise<void>((resolve) => {
    system.health.subscribe((_, { colour }) => {
      if (colour === 'green') resolve();
    });
  });
}

test('both sides are green within 5 s of the pairing', async () => {
  const [berlin, lisbon] = await systems.startBoth();
  for (const system of [berlin, lisbon]) {
    system.health.start();
    system.health.asteriskConnectionChanged(true);
  }
  const both = Promise.all([green(berlin), green(lisbon)]);
  const started = performance.now();
  const id = await link(berlin, lisbon);
  for (const system of [berlin, lisbon]) system.health.trunkStateChanged(id, 'up');
  await both;
  expect(performance.now() - started).toBeLessThan(5000);
  expect(berlin.health.signsOf(id)).toMatchObject({
    peerName: 'Lisbon',
    peerVersion: '0.1.0',
    peerTrunk: 'up',
  });
});
