import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { InterlinkView } from '../../src/admin/schema.ts';
import { startBrowser } from '../rig/browser.ts';
import { linkOffices } from '../rig/linking.ts';
import { startOffice, type Office } from '../rig/office.ts';
import { expectGone, expectShown, openAdminPage, type AdminPage } from './admin-page.ts';

/** A second is promised. This is what a busy machine may take; how long it took is printed. */
const SOON_MS = 5000;
/** Until a system notices by itself that another is away. */
const NOTICED_MS = 40_000;

let browser: Browser;
let berlin: Office;
let lisbon: Office;
let porto: Office;
let faro: Office;
let evora: Office;
let berlinPage: AdminPage;

beforeAll(async () => {
  [browser, berlin, lisbon, porto, faro, evora] = await Promise.all([
    startBrowser(),
    startOffice({ name: 'Berlin', numbers: [{ number: '101' }, { number: '150' }] }),
    startOffice({
      name: 'Lisbon',
      numbers: [{ number: '201' }, { number: '150', name: 'Warehouse' }, { number: '700', name: 'Canteen' }],
    }),
    startOffice({ name: 'Porto', numbers: [{ number: '301' }] }),
    startOffice({ name: 'Faro', numbers: [{ number: '401' }] }),
    startOffice({ name: 'Évora', numbers: [{ number: '700', name: 'Library' }] }),
  ]);
  berlinPage = await openAdminPage(browser, berlin);
  await linkOffices(berlin, lisbon);
  await linkOffices(berlin, evora);
});

afterAll(async () => {
  await berlinPage?.close();
  await browser?.close();
  await Promise.all([berlin, lisbon, porto, faro, evora].map((office) => office?.stop()));
});

describe('the kind of trunk', () => {
  test('is chosen with the key: IAX2 turns green, encrypted', async () => {
    const faroPage = await openAdminPage(browser, faro);
    await enterKey(faroPage, await newKey('Faro', 'IAX2, encrypted'));
    await faroPage.press(/^Link$/);
    for (const [page, name] of sides(faroPage, 'Faro')) {
      await expectShown(page.row(name).getByText('green:'), 15_000);
      expect(await page.cell(name, 'Trunk').textContent()).toBe('IAX2encrypted');
    }
    await faroPage.close();
  });

  test('is without encryption by both admins’ word only, and never green', async () => {
    const portoPage = await openAdminPage(browser, porto);
    await enterKey(portoPage, await newKey('Porto', 'SIP, not encrypted'));
    expect(await portoPage.page.getByRole('checkbox').count()).toBe(0);
    await portoPage.press(/^Link$/);
    await expectShown(portoPage.page.getByRole('alert').getByText('trunk-unsupported'));
    expect(await berlinPage.cell('Porto', 'Other system').textContent()).toBe('not connected yet');

    await portoPage.page.getByRole('checkbox', { name: 'may go without encryption' }).check();
    await portoPage.press(/^Link$/);
    for (const [page, name] of sides(portoPage, 'Porto')) {
      await expectShown(page.row(name).getByText('calls are not encrypted'), 15_000);
      await expectShown(page.row(name).getByText('amber:'));
      expect(await page.cell(name, 'Trunk').textContent()).toBe('PJSIPnot encrypted');
    }
    await portoPage.close();
  });
});

describe('the circle', () => {
  test('changes within a second, with the reason in words: amber, green, red, green', async () => {
    await expectShown(berlinPage.row('Lisbon').getByText('connected'), NOTICED_MS);
    const lisbonPage = await openAdminPage(browser, lisbon);

    await expectColour('amber', 'trunk does not answer', async () => lisbon.pbx.asterisk.kill('SIGKILL'));
    await expectShown(lisbonPage.row('Berlin').getByText('Asterisk not connected here'));
    const banner = lisbonPage.page.getByText('Asterisk is not connected');
    await expectShown(banner.getByText('ari-unreachable'));
    expect(await banner.locator('.remedy').textContent()).not.toBe('');

    await expectColour('green', 'connected', () => lisbon.pbx.asterisk.restart());
    await expectGone(banner);
    await expectColour('red', 'does not answer since', async () => void (await lisbon.service.stop()));
    expect(await berlinPage.cell('Lisbon', 'Round trip').textContent()).toBe('–');
    await expectColour('green', 'connected', async () => void (await lisbon.startService()));
    await lisbonPage.close();
  });
});

describe('a prefix', () => {
  test('is given, changed and taken away on the page, and reaches the number that is here too', async () => {
    const { page } = berlinPage;
    await berlinPage.press('Prefix of Lisbon: none');
    await page.getByLabel('New prefix of Lisbon').fill('82');
    await berlinPage.press('Save');
    await expectShown(page.getByRole('button', { name: 'Prefix of Lisbon: 82' }));
    // The focus is where it was, for who has no mouse.
    await expect
      .poll(() => page.evaluate<string>('document.activeElement.ariaLabel'))
      .toBe('Prefix of Lisbon: 82');

    await berlinPage.section('Numbers');
    await expectShown(berlinPage.row('Warehouse').getByText('which always wins; 82150 reaches this one'));
    await berlinPage.section('What happens when I dial …');
    await page.getByLabel('Number', { exact: true }).fill('82150');
    await berlinPage.press('Show');
    await expectShown(page.getByRole('listitem').getByText('rings at Lisbon'));

    await berlinPage.section('Interlinks');
    await berlinPage.press('Prefix of Lisbon: 82');
    await page.getByLabel('New prefix of Lisbon').fill('');
    await page.keyboard.press('Enter');
    await expectShown(page.getByRole('button', { name: 'Prefix of Lisbon: none' }));
    const { interlinks } = await berlin.json<{ interlinks: InterlinkView[] }>('list');
    expect(interlinks.find(({ name }) => name === 'Lisbon')?.prefix).toBeUndefined();
  });

  test('that two admins change at once: the second is told, and keeps what was typed', async () => {
    const { page } = berlinPage;
    await berlinPage.press('Prefix of Lisbon: none');
    await page.getByLabel('New prefix of Lisbon').fill('83');
    await berlin.interlinks('prefix', 'Lisbon', '84');
    await berlinPage.press('Save');
    await expectShown(page.getByRole('alert').getByText('Its prefix is 84 now'));
    expect(await page.getByLabel('New prefix of Lisbon').inputValue()).toBe('83');
    await berlinPage.press('Put "83" in place of "84" all the same');
    await expectShown(page.getByRole('button', { name: 'Prefix of Lisbon: 83' }));
  });
});

async function newKey(name: string, trunk: string): Promise<string> {
  await berlinPage.press('Generate new key');
  await berlinPage.page.getByLabel('What to call the other system here').fill(name);
  await berlinPage.page.getByLabel('Calls travel over').selectOption(trunk);
  await berlinPage.press(/^Generate$/);
  const key = await berlinPage.page.getByLabel('Authorization key').inputValue();
  await berlinPage.press('Done');
  return key;
}

async function enterKey(admin: AdminPage, key: string): Promise<void> {
  await admin.press('Link to another system');
  await admin.page.getByLabel('What to call the other system here').fill('Berlin');
  await admin.page.getByLabel('Authorization key').fill(key);
}

function sides(other: AdminPage, name: string): readonly (readonly [AdminPage, string])[] {
  return [
    [berlinPage, name],
    [other, 'Berlin'],
  ];
}

/** Waits until the page shows it, and compares the time with that of the service's own log. */
async function expectColour(
  colour: InterlinkView['health']['colour'],
  reason: string,
  change: () => Promise<void>,
): Promise<void> {
  const row = berlinPage.row('Lisbon').filter({ hasText: `${colour}:` });
  const shown = expectShown(row.getByText(reason), NOTICED_MS).then(() => Date.now());
  await change();
  const shownAt = await shown;
  const isOfIt = (line: string) => line.includes(`"colour":"${colour}"`) && line.includes(reason);
  const logged = () => berlin.service.output().split('\n').findLast(isOfIt);
  await expect.poll(logged).toBeDefined();
  const { time } = JSON.parse(logged() ?? '') as { time: string };
  const lateMs = shownAt - Date.parse(time);
  process.stdout.write(`${lateMs} ms: ${colour} on the page after it was in the log\n`);
  expect(lateMs).toBeLessThan(SOON_MS);
}

test('of a number that two linked systems have, the page says who gets the call', async () => {
  await berlinPage.section('Numbers');
  await expectShown(berlinPage.row('Canteen').getByText('reaches it'));
  await expectShown(berlinPage.row('Library').getByText('gets Lisbon, which was linked earlier'));
});
