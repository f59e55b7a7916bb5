import { readFile, writeFile } from 'node:fs/promises';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startBrowser } from '../rig/browser.ts';
import { linkOffices } from '../rig/linking.ts';
import { measured } from '../rig/measured.ts';
import { startOffice, type Office } from '../rig/office.ts';
import { dialInVain, hangUp, talk } from '../rig/talk.ts';
import { expectGone, expectShown, openAdminPage, type AdminPage } from './admin-page.ts';

/** A second is promised. This is what a busy machine may take; how long it took is printed. */
const SOON_MS = 5000;
/** Round trips are asked for every 15 s. */
const ROUND_TRIP = { timeout: 20_000 };

/** The page looks every 10 s, and waits for 5 s. */
const HANGING_MS = 25_000;

let browser: Browser;
let berlin: Office;
let lisbon: Office;
let berlinPage: AdminPage;
let lisbonPage: AdminPage;

beforeAll(async () => {
  [browser, berlin, lisbon] = await Promise.all([
    startBrowser(),
    startOffice({ name: 'Berlin', numbers: [{ number: '101', name: 'Reception' }], phones: { '101': 1000 } }),
    startOffice({ name: 'Lisbon', numbers: [{ number: '201', name: 'Amália' }], phones: { '201': 440 } }),
  ]);
  const file = await readFile(lisbon.configFile, 'utf8');
  await writeFile(lisbon.configFile, `# Kept by Amália.\n${file}`);
  berlinPage = await openAdminPage(browser, berlin, { permissions: ['clipboard-read', 'clipboard-write'] });
  lisbonPage = await openAdminPage(browser, lisbon);
});

afterAll(async () => {
  await browser?.close();
  await Promise.all([berlin?.stop(), lisbon?.stop()]);
});

/** One after the other, as in life. */
test('a key, a link, two green circles; a private number, a call, and the end, on two pages side by side', async () => {
  // Berlin generates a key; it is shown once.
  await berlinPage.press('Generate new key');
  await berlinPage.page.getByLabel('What to call the other system here').fill('Lisboa');
  await berlinPage.press(/^Generate$/);
  const key = await berlinPage.page.getByLabel('Authorization key').inputValue();
  expect(key).toMatch(/^ilk1-/);
  await berlinPage.press('Copy');
  await berlinPage.expectText('Copied.');
  expect(await berlinPage.page.evaluate<string>('navigator.clipboard.readText()')).toBe(key);
  await berlinPage.press('Done');
  await expectShown(berlinPage.row('Lisboa').getByText('grey:'));
  expect(await berlinPage.page.content()).not.toContain(key);

  // Lisbon enters it; a mistake is pointed out before anything is sent.
  await lisbonPage.press('Link to another system');
  const field = lisbonPage.page.getByLabel('Authorization key');
  const button = lisbonPage.page.getByRole('button', { name: /^Link$/ });
  const place = await button.boundingBox();
  await lisbonPage.page.getByLabel('What to call the other system here').fill('Berlin');
  await field.fill(key.replace(/.$/, (last) => (last === '7' ? '8' : '7')));
  await lisbonPage.expectText('a character of it is wrong');
  expect(await button.boundingBox()).toEqual(place);
  await field.fill(key.toLowerCase());
  await lisbonPage.expectText(`A whole key of https://${berlin.address}:8443`);
  await lisbonPage.press(/^Link$/);
  for (const page of [berlinPage, lisbonPage]) {
    await expectShown(page.page.getByRole('row').getByText('green:'), 15_000);
  }
  for (const [page, name, peer] of [
    [berlinPage, 'Lisboa', 'Lisbon'],
    [lisbonPage, 'Berlin', 'Berlin'],
  ] as const) {
    expect(await page.cell(name, 'Other system').textContent()).toBe(peer);
    expect(await page.cell(name, 'Trunk').textContent()).toBe('PJSIPencrypted');
    expect(await page.cell(name, 'Since').textContent()).toContain(new Date().getFullYear().toString());
    await expect.poll(() => page.cell(name, 'Round trip').textContent(), ROUND_TRIP).toMatch(/^\d+ ms$/);
  }

  // What is done elsewhere is seen within a second, without loading again.
  await berlin.interlinks('rename', 'Lisboa', 'Lisbon office');
  await measured('a new name was on the page after the command had ended', () =>
    expectShown(berlinPage.row('Lisbon office'), SOON_MS),
  );

  // A name is changed by a click, for this side only.
  await lisbonPage.press('Rename Berlin');
  await lisbonPage.page.getByLabel('New name of Berlin').fill('Hauptstadt');
  await lisbonPage.press('Save');
  await expectShown(lisbonPage.row('Hauptstadt'));
  await expectShown(berlinPage.row('Lisbon office'));

  // A number is made private by a click, in the file with its comments, and the very next call is refused.
  await lisbonPage.section('Numbers');
  await lisbonPage.row('Amália').getByRole('switch').click();
  await expectShown(lisbonPage.row('Amália').getByText('private', { exact: true }));
  expect(await readFile(lisbon.configFile, 'utf8')).toMatch(/^# Kept by Amália\.\n[^]*private: true/);
  expect((await dialInVain(berlin.phone('101'), '201')).status).toBe(404);
  await lisbonPage.row('Amália').getByRole('switch').click();
  await expectShown(lisbonPage.row('Amália').getByText('shared', { exact: true }));

  // Calls are seen while they go on, and afterwards.
  await berlinPage.section('Calls');
  await expectShown(berlinPage.row('201').getByText('nobody has that number'));
  await talk(berlin.phone('101'), '201', lisbon.phone('201'));
  await expectShown(berlinPage.row('201').getByText('in progress'));
  await hangUp(berlin.phone('101'), lisbon.phone('201'));
  await expectShown(berlinPage.row('201').getByText('answered'));
  await expectShown(berlinPage.page.getByRole('img', { name: 'Calls: 2 calls, 1 not put through' }));

  // What each number was used for; a press shows its calls.
  await berlinPage.page.getByText('By number').click();
  await expect.poll(() => berlinPage.cell('101', 'Calls').textContent()).toBe('2');
  expect(await berlinPage.cell('101', 'Not put through').textContent()).toBe('1');
  expect(await berlinPage.cell('101', 'Rang after, mean').textContent()).toMatch(/ ms$/);
  await berlinPage.press('Calls of 101');
  expect(await berlinPage.page.getByLabel('Number', { exact: true }).inputValue()).toBe('101');
  await expect.poll(() => berlinPage.row('201').count()).toBe(2);

  // What doctor finds, and whether sound goes both ways.
  await berlinPage.section('Problems');
  await berlinPage.expectText('Nothing is wrong.');
  await berlinPage.press('Test it on all interlinks');
  await berlinPage.expectText('Sound goes both ways');

  // What a call would do is drawn step by step.
  await berlinPage.section('What happens when I dial …');
  await berlinPage.page.getByLabel('Number', { exact: true }).fill('201');
  await berlinPage.press('Show');
  await expectShown(berlinPage.page.getByRole('list').getByText('Lisbon office').first());

  // What deleting cuts off is said before; then both phones and both pages know.
  await talk(berlin.phone('101'), '201', lisbon.phone('201'));
  await berlinPage.section('Interlinks');
  await expect.poll(() => berlinPage.cell('Lisbon office', 'Calls today').textContent()).toBe('2');
  await berlinPage.press('Delete Lisbon office');
  await berlinPage.expectText('Numbers that are dialed through it: 1');
  await berlinPage.expectText('Calls in progress, which end at once: 1');
  await lisbonPage.section('Interlinks');
  const from = lisbon.phone('201').events.list.length;
  await berlinPage.press(/^Delete$/);
  await berlinPage.expectText('There are no interlinks yet');
  await lisbonPage.expectText('There are no interlinks yet');
  await lisbon.phone('201').waitFor('closed', { from });

  // The log has who did it.
  await berlinPage.section('Log');
  await expectShown(berlinPage.row('deleted an interlink').getByText('Lisbon office'));
  await lisbonPage.section('Log');
  const ended = lisbonPage.row('deleted an interlink').getByText('linked system (Berlin)');
  await expectShown(ended);
  await expectShown(lisbonPage.row('201: private'));
  expect([...berlinPage.complaints, ...lisbonPage.complaints]).toEqual([]);
});

test('who can never be reached again need not be told of a deletion', async () => {
  await linkOffices(berlin, lisbon);
  await lisbon.service.stop();
  await berlin.interlinks('delete', 'Lisbon', '--yes');
  await berlinPage.section('Interlinks');
  await berlinPage.expectText('Lisbon is deleted. The other system is told once it can be reached.');
  await berlinPage.press('Do not tell the other side of Lisbon any more');
  await expectGone(berlinPage.page.getByText('Lisbon is deleted.'));
  await lisbon.startService();
});

test('what happens while the service is away is said, and made up for', async () => {
  await berlinPage.section('Interlinks');
  await berlin.service.stop();
  await berlinPage.expectText('The service does not answer');
  await berlinPage.press('Generate new key');
  await berlinPage.page.getByLabel('What to call the other system here').fill('Porto');
  await berlinPage.press(/^Generate$/);
  await expectShown(berlinPage.page.getByRole('alert').getByText('The service does not answer'));
  expect(await berlinPage.page.getByLabel('What to call the other system here').inputValue()).toBe('Porto');

  await berlin.startService();
  await berlinPage.press(/^Generate$/);
  await berlinPage.press('Done');
  await expectShown(berlinPage.row('Porto'));
  await expectGone(berlinPage.page.getByText('The service does not answer'));
});

test('a service that hangs is not taken for one where nothing happens', async () => {
  berlin.service.kill('SIGSTOP');
  const note = berlinPage.page.getByText('The service does not answer');
  await expectShown(note, HANGING_MS);
  berlin.service.kill('SIGCONT');
  await expectGone(note);
  await berlin.interlinks('rename', 'Porto', 'Oporto');
  await expectShown(berlinPage.row('Oporto'));
});
