import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { systemIdOf } from '../domain/ed25519-key.ts';
import { makeTrunkCertificate } from '../domain/trunk-certificate.ts';
import type { Identity } from '../domain/identity.ts';
import { AcceptPairing } from './accept-pairing.ts';
import { Exclusive } from '../domain/exclusive.ts';
import { tellFailedChanges } from './failed-changes.ts';
import { GenerateKey } from './generate-key.ts';
import type { HostCheck } from './host-check.ts';
import type { LocalSystem } from './local-system.ts';
import type { PairingDelivery, PairingTransport } from './peer-transport.ts';
import { RedeemKey } from './redeem-key.ts';
import { RedemptionRunner } from './redemption-runner.ts';
import { jsonCodec } from './testing/json-codec.ts';
import { SampleInterlinks, silentLogger } from './testing/samples.ts';

type Confirmation = Awaited<ReturnType<PairingTransport['confirmPairing']>>;

const unanswered = { kind: 'unanswered', reason: 'time-out' } as const;
const unsent: PairingDelivery = { kind: 'unsent', reason: 'ECONNREFUSED' };
const unproved = (status: number): PairingDelivery => ({
  kind: 'answered',
  reply: { status, body: Buffer.from('{}'), mac: undefined, signature: undefined },
});

let issuer: SampleInterlinks;
let redeemer: SampleInterlinks;
let accept: AcceptPairing;
let runner: RedemptionRunner;
let redeemKey: RedeemKey;
let redeemerDeps: ReturnType<typeof depsOf>;
let key: string;
let deliver: (() => PairingDelivery) | undefined;
let confirmation: Confirmation;
let attempts: number[];

function makeIdentity(): Identity {
  const keys = generateKeyPairSync('ed25519');
  const publicKey = keys.publicKey.export({ format: 'jwk' }).x ?? '';
  const privateKey = keys.privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
  return { id: systemIdOf(publicKey), publicKey, privateKey, certificate: 'C', certificateKey: '' };
}

const checkHost: HostCheck = async () => await Promise.resolve('allowed');

function depsOf({ store, registry }: SampleInterlinks, name: string) {
  const identity = makeIdentity();
  const host = `${name}.example`;
  const { certificate } = makeTrunkCertificate(identity.id, [host]);
  const local: LocalSystem = {
    name,
    url: `https://${name}.example`,
    trunk: { kinds: ['pjsip'], host, ports: { pjsip: 5071 }, certificate },
    allowLoopback: false,
  };
  const common = {
    codec: jsonCodec,
    now: Date.now,
    randomBytes,
    logger: silentLogger,
    onStep: () => undefined,
  };
  return { ...common, store, registry, identity, system: () => local, checkHost, exclusive: new Exclusive() };
}

const transport: PairingTransport = {
  requestPairing: async (_, sealed) => {
    attempts.push(Date.now());
    if (deliver !== undefined) return deliver();
    // Twice at once, as when a repeat overtakes its original.
    const [first, response] = await Promise.all([accept.accept(sealed), accept.accept(sealed)]);
    expect(first).toEqual(response);
    if (response === undefined) return unproved(403);
    const { body, mac } = response;
    const signature = response.kind === 'accepted' ? response.signature : undefined;
    return { kind: 'answered', reply: { status: 200, body, mac, signature } };
  },
  confirmPairing: async () => {
    attempts.push(Date.now());
    return confirmation;
  },
};

beforeEach(async () => {
  vi.useFakeTimers();
  issuer = new SampleInterlinks();
  redeemer = new SampleInterlinks();
  const issuerDeps = depsOf(issuer, 'berlin');
  redeemerDeps = depsOf(redeemer, 'lisbon');
  accept = new AcceptPairing(issuerDeps);
  runner = new RedemptionRunner({ ...redeemerDeps, transport, notices: { tellThoseDue: () => undefined } });
  redeemKey = new RedeemKey({ ...redeemerDeps, runner });
  deliver = undefined;
  confirmation = { kind: 'confirmed' };
  attempts = [];
  const generated = await new GenerateKey(issuerDeps).generate({ name: 'Lisbon' });
  if (!generated.ok) throw new Error(generated.failure.code);
  ({ key } = generated.value);
});
afterEach(async () => {
  await runner.stop();
  vi.useRealTimers();
});

const pass = async (milliseconds: number) => await vi.advanceTimersByTimeAsync(milliseconds);

async function redeem(): Promise<string> {
  const result = await redeemKey.redeem({ name: 'Berlin', key });
  return result.ok ? result.value.state : result.failure.code;
}

const stateNow = () => redeemer.registry.all()[0]?.state;

test('active at once when all goes well', async () => {
  expect(await redeem()).toBe('active');
  expect(await redeemer.store.openRedemptions()).toEqual([]);
});

describe('an ambiguous failure', () => {
  test('is tried again, further and further apart, until it succeeds', async () => {
    deliver = () => unanswered;
    expect(await redeem()).toBe('pairing');
    await pass(60_000);
    const waits = attempts.slice(1).map((time, index) => time - (attempts[index] ?? 0));
    expect(waits).toEqual([1000, 2000, 4000, 8000, 16_000, 20_000]);
    deliver = undefined;
    await pass(30_000);
    expect(stateNow()).toBe('active');
  });

  test.each<[string, () => void]>([
    ['of message 1', () => (deliver = () => unanswered)],
    ['of the confirmation', () => (confirmation = unanswered)],
    ['by a server in trouble', () => (deliver = () => unproved(502))],
  ])('%s is given up after 10 minutes, for good', async (_, break_) => {
    break_();
    expect(await redeem()).toBe('pairing');
    await pass(595_000);
    expect(stateNow()).toBe('pairing');
    await pass(40_000);
    expect(stateNow()).toBeUndefined();
    expect(await redeem()).toBe('key-used');
  });

  test('then nobody there: still tried again, for the issuer may have heard', async () => {
    deliver = () => unanswered;
    expect(await redeem()).toBe('pairing');
    deliver = () => unsent;
    await pass(10_000);
    expect(stateNow()).toBe('pairing');
    deliver = undefined;
    await pass(20_000);
    expect(stateNow()).toBe('active');
  });

  test('then a refusal without proof: ended, and the issuer to be told in case it has accepted before', async () => {
    deliver = () => unanswered;
    expect(await redeem()).toBe('pairing');
    deliver = () => unproved(403);
    await pass(1000);
    expect(stateNow()).toBeUndefined();
    expect(await redeemer.store.unfinishedEnds()).toMatchObject([{ noticeDue: true }]);
  });

  test('then deleted by the admin: left alone', async () => {
    deliver = () => unanswered;
    expect(await redeem()).toBe('pairing');
    const id = redeemer.registry.all()[0]?.id ?? '';
    await redeemer.bury(id);
    await pass(60_000);
    expect(attempts).toHaveLength(1);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('of the own database is one as well', async () => {
    const complete = vi
      .spyOn(redeemer.store, 'completeRedemption')
      .mockRejectedValueOnce(new Error('disk full'));
    expect(await redeem()).toBe('pairing');
    complete.mockRejectedValueOnce(new Error('disk full'));
    await pass(3000);
    expect(stateNow()).toBe('active');
  });
});

describe('a database that goes away right after a change', () => {
  const away = new Error('database away');

  test('where the key was entered: it is asked for all the same', async () => {
    await runner.resumeRedemptions();
    vi.spyOn(redeemer.store, 'find').mockRejectedValueOnce(away);
    await expect(redeem()).rejects.toThrow(away);
    vi.spyOn(redeemer.store, 'openRedemptions').mockRejectedValueOnce(away);
    await pass(1000);
    expect(attempts).toEqual([]);
    await pass(1000);
    expect(stateNow()).toBe('active');
  });

  test('where the key was entered, before it acknowledges that: the same key gives what came of it', async () => {
    await runner.resumeRedemptions();
    const { store, registry } = redeemer;
    const add = store.addRedemption.bind(store);
    vi.spyOn(store, 'addRedemption').mockImplementationOnce(async (redemption) => {
      await add(redemption);
      throw away;
    });
    const changes = tellFailedChanges(store, (id) => registry.refreshLater(id));
    redeemKey = new RedeemKey({ ...redeemerDeps, store: changes, runner });
    await expect(redeem()).rejects.toThrow(away);
    expect(await redeem()).toBe('pairing');
    await pass(0);
    expect(stateNow()).toBe('active');
    expect(attempts).toHaveLength(2);
  });

  test('where the key was generated: the redeemer is known all the same', async () => {
    vi.spyOn(issuer.store, 'find').mockRejectedValueOnce(away);
    expect(await redeem()).toBe('pairing');
    await pass(1000);
    expect(issuer.registry.all()).toMatchObject([{ state: 'pairing', peer: { name: 'lisbon' } }]);
    expect(stateNow()).toBe('active');
  });
});

describe('a clear failure leaves nothing behind', () => {
  test.each<[string, PairingDelivery, string]>([
    ['never sent', unsent, 'peer-unreachable'],
    ['the one refusal', unproved(403), 'key-refused'],
    ['something else answers', unproved(404), 'peer-untrusted'],
    ['something else is pleased', unproved(200), 'peer-untrusted'],
  ])('%s', async (_, delivery, code) => {
    deliver = () => delivery;
    expect(await redeem()).toBe(code);
    expect(redeemer.registry.all()).toEqual([]);
    deliver = undefined;
    expect(await redeem()).toBe('active');
  });

  test('the issuer has no such interlink any more: buried', async () => {
    confirmation = { kind: 'gone' };
    expect(await redeem()).toBe('peer-unreachable');
    expect(redeemer.registry.all()).toEqual([]);
    expect(await redeem()).toBe('key-used');
  });

  test('linked with the issuer meanwhile', async () => {
    vi.spyOn(redeemer.store, 'completeRedemption').mockResolvedValueOnce({
      kind: 'already-linked',
      id: '0'.repeat(26),
      name: 'B',
    });
    expect(await redeem()).toBe('already-linked');
    expect(redeemer.registry.all()).toEqual([]);
  });
});

describe('after a restart', () => {
  test.each<[string, () => void]>([
    ['before the answer', () => (deliver = () => unanswered)],
    ['before the confirmation', () => (confirmation = unanswered)],
  ])('%s: goes on, byte for byte', async (_, break_) => {
    break_();
    expect(await redeem()).toBe('pairing');
    await runner.stop();
    expect(vi.getTimerCount()).toBe(0);
    await pass(3_600_000);
    deliver = undefined;
    confirmation = { kind: 'confirmed' };
    runner = new RedemptionRunner({ ...redeemerDeps, transport, notices: { tellThoseDue: () => undefined } });
    await runner.resumeRedemptions();
    await pass(0);
    expect(stateNow()).toBe('active');
  });

  test('nothing is done twice', async () => {
    expect(await redeem()).toBe('active');
    const before = attempts.length;
    await runner.resumeRedemptions();
    await pass(60_000);
    expect(attempts).toHaveLength(before);
  });
});
