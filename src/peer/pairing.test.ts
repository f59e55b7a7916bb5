import { afterEach, expect, test } from 'vitest';
import { activeOn, link, TestSystem } from './testing/test-system.ts';
import type { TestSystemOptions } from './testing/test-system.ts';

const systems: TestSystem[] = [];
afterEach(async () => {
  for (const system of systems.splice(0)) await system[Symbol.asyncDispose]();
});

async function start(options: TestSystemOptions): Promise<TestSystem> {
  const system = await TestSystem.start(options);
  systems.push(system);
  return system;
}

test('one key links two systems', async () => {
  const berlin = await start({ name: 'Berlin', address: '127.0.0.2' });
  const lisbon = await start({ name: 'Lisbon', address: '127.0.0.3' });
  const id = await link(berlin, lisbon);
  const atBerlin = activeOn(berlin, id);
  const atLisbon = activeOn(lisbon, id);
  expect(atBerlin).toMatchObject({ name: 'Lisbon', role: 'issuer', peer: { id: lisbon.identity.id } });
  expect(atLisbon).toMatchObject({ name: 'Berlin', role: 'redeemer', peer: { id: berlin.identity.id } });
  const secrets = await berlin.store.secrets(id);
  const theirs = await lisbon.store.secrets(id);
  expect(secrets).toEqual({ inbound: theirs?.outbound, outbound: theirs?.inbound });
});
