import { afterAll, beforeAll, expect, test } from 'vitest';
import { steps } from '../../src/interlinks/steps.ts';
import { restartToDieAt } from '../rig/killing.ts';
import { generateKey } from '../rig/linking.ts';
import { startOffice, type Office } from '../rig/office.ts';
import { untilNothingLeft } from '../rig/remains.ts';

let berlin: Office;
let lisbon: Office;

beforeAll(async () => {
  [berlin, lisbon] = await Promise.all([
    startOffice({ name: 'Berlin', numbers: [{ number: '101' }] }),
    startOffice({ name: 'Lisbon', numbers: [{ number: '201' }] }),
  ]);
});

afterAll(() => Promise.all([berlin.stop(), lisbon.stop()]));

const [beforeEnd, ...afterEnd] = [...steps.end, ...steps.withdrawal, ...steps.notice];

async function states(office: Office): Promise<readonly string[]> {
  const { interlinks } = await office.json<{ interlinks: { state: string }[] }>('list');
  return interlinks.map(({ state }) => state);
}

/** Berlin accepts the key and dies before it answers, so that Lisbon does not know who it is. */
async function beginPairing(): Promise<void> {
  await restartToDieAt(berlin, 'key-redeemed');
  const key = await generateKey(berlin, 'Lisbon');
  expect((await lisbon.interlinks('link', 'Berlin', key)).code).toBe(0);
  expect((await berlin.service.ended).signal).toBe('SIGKILL');
  expect(await states(lisbon)).toEqual(['pairing']);
}

test.each(afterEnd)(
  'a pairing whose answer was lost is deleted, killed at "%s": both have ended',
  async (step) => {
    await beginPairing();
    await restartToDieAt(lisbon, step);
    await lisbon.interlinks('delete', 'Berlin', '--yes');
    await berlin.startService();
    expect((await lisbon.service.ended).signal).toBe('SIGKILL');
    await lisbon.startService();
    await untilNothingLeft(berlin, lisbon);
  },
);

test(`the same, killed at "${beforeEnd}": nothing has ended`, async () => {
  await beginPairing();
  await restartToDieAt(lisbon, beforeEnd);
  expect((await lisbon.interlinks('delete', 'Berlin', '--yes')).code).not.toBe(0);
  expect((await lisbon.service.ended).signal).toBe('SIGKILL');
  await Promise.all([berlin.startService(), lisbon.startService()]);
  for (const office of [berlin, lisbon])
    await expect.poll(() => states(office), { timeout: 30_000 }).toEqual(['active']);
  expect((await lisbon.interlinks('delete', 'Berlin', '--yes')).code).toBe(0);
  await untilNothingLeft(berlin, lisbon);
});
