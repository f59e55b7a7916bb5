import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startBrowser } from '../rig/browser.ts';
import { measured } from '../rig/measured.ts';
import { startOffice, type Office } from '../rig/office.ts';
import { expectShown, openAdminPage } from './admin-page.ts';

const NUMBERS = 10_000;
const INTERLINKS = 200;
let browser: Browser;
let office: Office;

beforeAll(async () => {
  [browser, office] = await Promise.all([
    startBrowser(),
    startOffice({
      name: 'Berlin',
      numbers: Array.from({ length: NUMBERS }, (_, index) => ({
        number: String(10_000 + index),
        name: `Person ${index}`,
        ring: ['PJSIP/101'],
      })),
    }),
  ]);
  const secret = (await office.interlinks('token', 'create', 'Filling', '--scope', 'write')).output.trim();
  for (let index = 0; index < INTERLINKS; index += 1) {
    const response = await fetch(`http://${office.address}:8420/api/v1/keys`, {
      method: 'POST',
      headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
      body: JSON.stringify({ name: `Office ${index}` }),
    });
    if (!response.ok) throw new Error(await response.text());
  }
});

afterAll(async () => {
  await browser?.close();
  await office?.stop();
});

test('200 interlinks and 10,000 numbers are shown and changed like few', async () => {
  const admin = await openAdminPage(browser, office);
  await measured('200 interlinks were shown', () => expectShown(admin.row(`Office ${INTERLINKS - 1}`)));
  expect(await admin.page.getByRole('row').count()).toBe(INTERLINKS + 1);
  await measured('one of them was renamed', async () => {
    await admin.press(/^Rename Office 7$/);
    await admin.page.getByLabel('New name of Office 7').fill('Seventh');
    await admin.press('Save');
    await expectShown(admin.row('Seventh'));
  });
  await measured('10,000 numbers were shown, the first 200', async () => {
    await admin.section('Numbers');
    await expectShown(admin.row('Person 199'));
  });
  await measured('one was found by name', async () => {
    await admin.page.getByLabel('Find a number or name').fill('Person 9876');
    await expectShown(admin.row('Person 9876'));
    await expect.poll(() => admin.row('Person').count()).toBe(1);
  });
  // The file with all of them is written and read again, which takes longer than the page.
  await admin.row('Person 9876').getByRole('switch').click();
  await expectShown(admin.row('Person 9876').getByText('private', { exact: true }));
  expect(admin.complaints).toEqual([]);
});
