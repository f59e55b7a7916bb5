import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { backUp, restore } from '../rig/backup.ts';
import { linkOffices } from '../rig/linking.ts';
import { startOffice, type Office } from '../rig/office.ts';
import { temporaryFolder } from '../rig/temp-folder.ts';

const backMs = 40_000;
const back = { timeout: backMs, interval: 200 };

let berlin: Office;
let lisbon: Office;
let backup: string;

beforeAll(async () => {
  [berlin, lisbon] = await Promise.all([
    startOffice({ name: 'Berlin', numbers: [{ number: '101' }] }),
    startOffice({ name: 'Lisbon', numbers: [{ number: '201' }] }),
  ]);
  backup = await temporaryFolder('backup');
  await linkOffices(berlin, lisbon);
});

afterAll(async () => {
  await Promise.all([berlin, lisbon].map((office) => office.stop()));
  await rm(backup, { recursive: true, force: true });
});

async function namesOf(office: Office): Promise<readonly string[]> {
  const { interlinks } = await office.json<{ interlinks: { name: string }[] }>('list');
  return interlinks.map(({ name }) => name);
}

test('an interlink deleted since the backup does not come back once the peer was heard', async () => {
  await backUp(berlin, backup);
  await berlin.json('delete', 'Lisbon', '--yes');
  await expect.poll(() => namesOf(lisbon), back).toEqual([]);

  const service = await restore(berlin, backup);

  await service.waitForLine(/"by":"other-side".*"interlink ended"/, backMs);
  await expect.poll(() => namesOf(berlin), back).toEqual([]);
  await expect
    .poll(() => berlin.pbx.asterisk.cli('pjsip show endpoints'), back)
    .not.toMatch(/Endpoint: +il-/);
  expect(await namesOf(lisbon)).toEqual([]);
});
