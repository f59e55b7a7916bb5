import { afterAll, beforeAll, expect, test } from 'vitest';
import { trunkName } from '../../src/domain/interlink.ts';
import { steps } from '../../src/interlinks/steps.ts';
import { restartToDieAt } from '../rig/killing.ts';
import { generateKey } from '../rig/linking.ts';
import { startOffice, type Office } from '../rig/office.ts';
import { leftovers, untilNothingLeft } from '../rig/remains.ts';

const CONVERGE_MS = 30_000;

let berlin: Office;
let lisbon: Office;

beforeAll(async () => {
  [berlin, lisbon] = await Promise.all([
    startOffice({ name: 'Berlin', numbers: [{ number: '101' }] }),
    startOffice({ name: 'Lisbon', numbers: [{ number: '201' }] }),
  ]);
});

afterAll(() => Promise.all([berlin.stop(), lisbon.stop()]));

interface Listed {
  readonly id: string;
  readonly state: string;
}

/** The interlinks of both offices together. */
async function listed(): Promise<readonly Listed[]> {
  const lists = await Promise.all(
    [berlin, lisbon].map((office) => office.json<{ interlinks: readonly Listed[] }>('list')),
  );
  return lists.flatMap(({ interlinks }) => interlinks);
}

/** Waits until both have one and the same interlink, active, and the trunk of no other. @returns its id */
async function untilLinked(): Promise<string> {
  await expect
    .poll(async () => (await listed()).map(({ state }) => state), { timeout: CONVERGE_MS })
    .toEqual(['active', 'active']);
  const [id, ...others] = new Set((await listed()).map((interlink) => interlink.id));
  if (id === undefined || others.length > 0) throw new Error('they have different interlinks');
  for (const office of [berlin, lisbon]) {
    // Asterisk cuts long names in its tables; a certificate has a link by its hash besides.
    const others = async () =>
      (await leftovers(office))
        .map((shown) => shown.replace(/\.pem$/, ''))
        .filter((shown) => !/^[0-9a-f]{8}\.\d+$/.test(shown))
        .filter((shown) => shown.length < 12 || !trunkName(id).startsWith(shown));
    await expect.poll(others, { timeout: CONVERGE_MS }).toEqual([]);
    expect(await leftovers(office)).not.toEqual([]);
  }
  return id;
}

/** Waits until a call would go over the trunk, which takes a signed lookup. */
async function untilReaches(office: Office, number: string): Promise<void> {
  await expect
    .poll(async () => (await office.json<{ outcome: string }>('route', number)).outcome, {
      timeout: CONVERGE_MS,
    })
    .toBe('trunk');
}

const cases = [
  ...steps.redeemer.map((step) => ['side that enters the key', step] as const),
  ...steps.issuer.map((step) => ['side that generated the key', step] as const),
];

test.each(cases)('the %s is killed at "%s": both end up linked', async (who, step) => {
  const victim = who === 'side that enters the key' ? lisbon : berlin;
  await restartToDieAt(victim, step);
  const key = await generateKey(berlin, 'Lisbon');
  const entered = await lisbon.interlinks('link', 'Berlin', key);
  expect((await victim.service.ended).signal).toBe('SIGKILL');
  await victim.startService();

  // The command whose service died cannot know. Given again it says what has come of the key, and changes nothing.
  expect(entered.code === 0).toBe(victim === berlin);
  const again = await lisbon.json<Listed>('link', 'Berlin', key);
  expect(again.id).toBe(await untilLinked());
  expect((await lisbon.interlinks('link', 'Berlin', key)).output).toBe('Linked to Berlin as "Berlin".\n');
  await Promise.all([untilReaches(berlin, '201'), untilReaches(lisbon, '101')]);

  expect((await berlin.interlinks('delete', 'Lisbon', '--yes')).code).toBe(0);
  await untilNothingLeft(berlin, lisbon);
});
