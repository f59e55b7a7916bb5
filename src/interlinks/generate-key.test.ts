import { randomBytes } from 'node:crypto';
import { beforeEach, expect, test } from 'vitest';
import { decodeKey, interlinkIdOf, proofKeyOf } from '../domain/authorization-key.ts';
import { identityPrefixOf } from '../domain/ed25519-key.ts';
import { GenerateKey } from './generate-key.ts';
import type { GenerateKeyInput } from './generate-key.ts';
import type { LocalSystem } from './local-system.ts';
import { SampleInterlinks } from './testing/samples.ts';

const now = 1_900_000_000_123;
const hour = 3_600_000;
const identity = { id: 'I'.repeat(43), publicKey: '', privateKey: '', certificate: '', certificateKey: '' };

let samples: SampleInterlinks;
let system: LocalSystem;
let generator: GenerateKey;
beforeEach(() => {
  samples = new SampleInterlinks();
  system = {
    name: 'Berlin',
    url: 'https://pbx.berlin.example:8443',
    trunk: { kinds: ['pjsip'], host: 'pbx.berlin.example', ports: { pjsip: 5071 }, certificate: '' },
    allowLoopback: false,
  };
  generator = new GenerateKey({
    store: samples.store,
    registry: samples.registry,
    identity,
    system: () => system,
    now: () => now,
    randomBytes,
  });
});

async function codeOf(input: Partial<GenerateKeyInput>): Promise<string> {
  const result = await generator.generate({ name: 'Lisbon', ...input });
  return result.ok ? 'ok' : result.failure.code;
}

test('makes a key and a grey interlink of the same id', async () => {
  const result = await generator.generate({ name: ' Lisbon ' });
  if (!result.ok) throw new Error(result.failure.code);
  const key = decodeKey(result.value.key);
  if (!key.ok) throw new Error(key.failure.code);
  const { interlink } = result.value;
  expect(interlink).toMatchObject({ name: 'Lisbon', role: 'issuer', state: 'key-ready', trunkKind: 'pjsip' });
  expect(interlink.id).toBe(interlinkIdOf(key.value.secret));
  expect(interlink.expiresAt).toBe(key.value.expiresAt);
  expect(key.value.expiresAt - now).toBeGreaterThanOrEqual(72 * hour);
  expect(key.value.expiresAt - now).toBeLessThan(72 * hour + 1000);
  expect(key.value.url).toBe(system.url);
  expect(key.value.issuerIdentity).toEqual(identityPrefixOf(identity.id));
  expect(samples.registry.all()).toEqual([interlink]);
});

test('keeps nothing from which the key could be made again', async () => {
  const result = await generator.generate({ name: 'Lisbon' });
  if (!result.ok) throw new Error(result.failure.code);
  const key = decodeKey(result.value.key);
  if (!key.ok) throw new Error(key.failure.code);
  const stored = await samples.store.issuedPairing(result.value.interlink.id);
  expect(stored?.proofKey).toEqual(proofKeyOf(key.value.secret));
  expect(Buffer.from(JSON.stringify(stored)).includes(Buffer.from(key.value.secret))).toBe(false);
});

test('two keys are never alike', async () => {
  const keys = await Promise.all(['A', 'B'].map(async (name) => await generator.generate({ name })));
  const ids = keys.map((result) => (result.ok ? result.value.interlink.id : ''));
  expect(new Set(ids).size).toBe(2);
});

test('carries another URL and trunk address on request', async () => {
  const input = { url: '10.8.0.1:8443', trunkHost: '10.8.0.1' };
  const result = await generator.generate({ name: 'Lisbon', ...input });
  if (!result.ok) throw new Error(result.failure.code);
  expect(decodeKey(result.value.key)).toMatchObject({ value: { url: 'https://10.8.0.1:8443' } });
  expect(await samples.store.issuedPairing(result.value.interlink.id)).toMatchObject({
    interlink: { ownAddress: { url: 'https://10.8.0.1:8443', trunkHost: '10.8.0.1' } },
  });
});

test.each<[Partial<GenerateKeyInput>, string]>([
  [{ name: '' }, 'name-invalid'],
  [{ name: 'x'.repeat(41) }, 'name-invalid'],
  [{ name: 'a\u202Eb' }, 'name-invalid'],
  [{ expiresInMs: 600_000 }, 'ok'],
  [{ expiresInMs: 599_999 }, 'request-invalid'],
  [{ expiresInMs: 30 * 24 * hour }, 'ok'],
  [{ expiresInMs: 30 * 24 * hour + 1 }, 'request-invalid'],
  [{ expiresInMs: Number.NaN }, 'request-invalid'],
  [{ trunkKind: 'iax2' }, 'trunk-unsupported'],
  [{ url: 'http://pbx.berlin.example' }, 'request-invalid'],
  [{ url: 'https://127.0.0.1:8443' }, 'peer-address-refused'],
  [{ trunkHost: 'a b' }, 'request-invalid'],
  [{ trunkHost: '127.0.0.1' }, 'peer-address-refused'],
])('%j: %s', async (input, code) => {
  expect(await codeOf(input)).toBe(code);
});

test('a name is taken without regard to case', async () => {
  expect(await codeOf({ name: 'Lisbon' })).toBe('ok');
  expect(await codeOf({ name: 'LISBON' })).toBe('name-taken');
});
