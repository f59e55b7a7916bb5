import { afterAll, beforeAll, expect, test } from 'vitest';
import { endSteps, noticeSteps } from '../../src/interlinks/end-steps.ts';
import { linkOffices } from '../rig/linking.ts';
import { READY, startOffice, type Office } from '../rig/office.ts';
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

/** Starts the service of an office again so that it is killed at a step. */
async function restartToDieAt(office: Office, step: string): Promise<void> {
  await office.service.stop();
  await office.startService(READY, { INTERLINKS_KILL_AT: step });
}

/** The interlinks that an office has. */
async function names(office: Office): Promise<readonly string[]> {
  const { interlinks } = await office.json<{ interlinks: { name: string }[] }>('list');
  return interlinks.map(({ name }) => name);
}

const cases = [
  ...[...endSteps, ...noticeSteps].map((step) => ['the side that deletes', step] as const),
  ...endSteps.map((step) => ['the other side', step] as const),
];

test.each(cases)('%s is killed at "%s": both have ended, or neither', async (who, step) => {
  await linkOffices(berlin, lisbon);
  const victim = who === 'the other side' ? lisbon : berlin;
  await restartToDieAt(victim, step);

  const { code } = await berlin.interlinks('delete', 'Lisbon', '--yes');
  expect((await victim.service.ended).signal).toBe('SIGKILL');
  await victim.startService();

  await expect
    .poll(async () => (await names(berlin)).length === (await names(lisbon)).length, { timeout: CONVERGE_MS })
    .toBe(true);
  if (code === 0) expect(await names(berlin)).toEqual([]);
  if (who === 'the side that deletes' && step === 'ending') {
    // Nothing was promised and nothing has ended: it can be deleted again.
    expect(await names(berlin)).toEqual(['Lisbon']);
    expect(await leftovers(lisbon)).not.toEqual([]);
    expect((await berlin.interlinks('delete', 'Lisbon', '--yes')).code).toBe(0);
  }
  await untilNothingLeft(berlin, lisbon);
});
