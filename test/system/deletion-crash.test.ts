import { afterAll, beforeAll, expect, test } from 'vitest';
import { steps } from '../../src/interlinks/steps.ts';
import { restartToDieAt } from '../rig/killing.ts';
import { linkOffices } from '../rig/linking.ts';
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

/** The interlinks that an office has. */
async function names(office: Office): Promise<readonly string[]> {
  const { interlinks } = await office.json<{ interlinks: { name: string }[] }>('list');
  return interlinks.map(({ name }) => name);
}

const cases = [
  ...[...steps.end, ...steps.notice].map((step) => ['the side that deletes', step] as const),
  ...steps.end.map((step) => ['the other side', step] as const),
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
