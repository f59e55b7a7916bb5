import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { backUp, restore } from '../rig/backup.ts';
import { generateKey, linkOffices, untilGreen } from '../rig/linking.ts';
import { startOffice, type Office } from '../rig/office.ts';
import { temporaryFolder } from '../rig/temp-folder.ts';

const waitMs = 40_000;

let berlin: Office;
let lisbon: Office;
let porto: Office;
let faro: Office;
let backup: string;

beforeAll(async () => {
  [berlin, lisbon, porto, faro] = await Promise.all([
    startOffice({ name: 'Berlin', numbers: [{ number: '101' }] }),
    startOffice({ name: 'Lisbon', numbers: [{ number: '201' }], settings: { log: { level: 'debug' } } }),
    startOffice({ name: 'Porto', numbers: [{ number: '301' }] }),
    startOffice({ name: 'Faro', numbers: [{ number: '401' }] }),
  ]);
  backup = await temporaryFolder('backup');
  await linkOffices(berlin, lisbon);
});

afterAll(async () => {
  await Promise.all([berlin, lisbon, porto, faro].map((office) => office.stop()));
  await rm(backup, { recursive: true, force: true });
});

/** What Berlin has noted of its latest change beside its database. */
async function notedMark(): Promise<string> {
  return (await readFile(join(berlin.dataDir, 'change.mark'), 'latin1')).trim();
}

async function reasonOf(name: string): Promise<string | undefined> {
  const { interlinks } = await berlin.json<{ interlinks: { name: string; health: { reason: string } }[] }>(
    'list',
  );
  return interlinks.find((interlink) => interlink.name === name)?.health.reason;
}

test('keys used or revoked after the backup are not accepted after the restore, new ones are', async () => {
  const usedKey = await generateKey(berlin, 'Used');
  const revokedKey = await generateKey(berlin, 'Revoked');
  await backUp(berlin, backup);
  expect(await porto.interlinks('link', 'Berlin', usedKey)).toMatchObject({ code: 0 });
  await untilGreen(porto);
  const before = await notedMark();
  await berlin.json('delete', 'Revoked', '--yes');
  await expect.poll(notedMark, { timeout: waitMs }).not.toBe(before);
  await lisbon.service.waitForLine(new RegExp(`"mark":"${await notedMark()}".*remembered`), waitMs);

  const service = await restore(berlin, backup);
  await service.waitForLine(/"keys":\["Used","Revoked"\].*restored from an older backup/, waitMs);

  for (const key of [usedKey, revokedKey]) {
    const refused = await faro.interlinks('link', 'Berlin', key);
    expect(refused.code).not.toBe(0);
    expect(refused.output).toContain('[key-used]');
  }
  expect(await reasonOf('Used')).toContain('from before a restore');
  expect(await reasonOf('Revoked')).toContain('from before a restore');
  const newKey = await generateKey(berlin, 'Faro');
  expect(await faro.interlinks('link', 'Berlin', newKey)).toMatchObject({ code: 0 });
});
