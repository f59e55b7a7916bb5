import { readFile, writeFile } from 'node:fs/promises';
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { startBrowser } from '../rig/browser.ts';
import { generateKey, linkOffices } from '../rig/linking.ts';
import { startOffice, type Office } from '../rig/office.ts';
import { expectGone, expectShown, openAdminPage, type AdminPage } from './admin-page.ts';

const hostile = '<img src=x onerror=alert(1)> "\'&amp;';

let browser: Browser;
let berlin: Office;
let lisbon: Office;
let porto: Office;
let usedKey: string;
const opened: AdminPage[] = [];

async function open(...options: Parameters<typeof openAdminPage> extends [Browser, ...infer R] ? R : never) {
  const page = await openAdminPage(browser, ...options);
  opened.push(page);
  return page;
}

/** Enters a key and waits for the refusal. */
async function expectKeyRefused(office: Office, key: string, code: string): Promise<void> {
  const admin = await open(office);
  await admin.press('Link to another system');
  await admin.page.getByLabel('What to call the other system here').fill('Faro');
  await admin.page.getByLabel('Authorization key').fill(key);
  await admin.press(/^Link$/);
  await expectShown(admin.page.getByRole('alert').getByText(code));
}

beforeAll(async () => {
  [browser, berlin, lisbon, porto] = await Promise.all([
    startBrowser(),
    startOffice({
      name: 'Berlin',
      numbers: [{ number: '101', name: 'Reception' }, { number: '150' }, { number: '190', private: true }],
    }),
    startOffice({
      name: hostile,
      numbers: [
        { number: '201', name: hostile },
        { number: '150', name: 'مرحبا' },
      ],
    }),
    startOffice({ name: 'Porto', numbers: [{ number: '301' }] }),
  ]);
  usedKey = await linkOffices(berlin, lisbon);
});

afterEach(async () => {
  const complaints = opened.flatMap((page) => page.complaints);
  await Promise.all(opened.splice(0).map((page) => page.close()));
  if (complaints.length > 0) throw new Error(complaints.join('\n'));
});

afterAll(async () => {
  await browser?.close();
  await Promise.all([berlin?.stop(), lisbon?.stop(), porto?.stop()]);
});

describe('two admins at once', () => {
  test('the second who changes a name is told what it is by now, and loses nothing', async () => {
    await generateKey(berlin, 'Porto');
    const [anna, bruno] = [await open(berlin), await open(berlin)];
    for (const page of [anna, bruno]) await page.press('Rename Porto');
    await anna.page.getByLabel('New name of Porto').fill('Oporto');
    await bruno.page.getByLabel('New name of Porto').fill('Harbour');
    await anna.press('Save');
    await expectShown(anna.row('Oporto'));
    await bruno.press('Save');
    await expectShown(bruno.page.getByRole('alert').getByText('It is called "Oporto" now'));
    expect(await bruno.page.getByLabel('New name of Porto').inputValue()).toBe('Harbour');
    await bruno.press('Call "Oporto" "Harbour" all the same');
    await expectShown(anna.row('Harbour'));
  });

  test('what one deletes is gone for the other, who is told', async () => {
    await generateKey(berlin, 'Faro');
    const [anna, bruno] = [await open(berlin), await open(berlin)];
    await bruno.press('Delete Faro');
    await anna.press('Delete Faro');
    await anna.press(/^Delete$/);
    await expectGone(anna.row('Faro'));
    await expectGone(bruno.row('Faro'));
    await bruno.press(/^Delete$/);
    await expectShown(bruno.page.getByRole('alert').getByText('There is no such interlink'));
  });

  test('a session that is revoked, and one that is left, is over', async () => {
    const [anna, bruno] = [await open(berlin), await open(berlin)];
    await anna.press('Sign out');
    await anna.expectText('You are not signed in');
    await anna.page.reload();
    await anna.expectText('You are not signed in');
    const { tokens } = await berlin.json<{ tokens: { id: string }[] }>('token', 'list');
    for (const { id } of tokens) await berlin.interlinks('token', 'revoke', id);
    await bruno.expectText('You are not signed in');
    await bruno.page.goto((await berlin.json<{ url: string }>('open')).url);
    await expectShown(bruno.page.getByRole('heading', { name: 'Berlin', level: 1 }));
  });

  test('a sign-in link works once', async () => {
    const { url } = await berlin.json<{ url: string }>('open');
    const [first, second] = [await browser.newPage(), await browser.newPage()];
    await first.goto(url);
    await expectShown(first.getByRole('tab', { name: 'Interlinks' }));
    expect(first.url()).not.toContain('sign-in');
    await second.goto(url);
    await expectShown(second.getByText('This sign-in link was used before'));
    await Promise.all([first.close(), second.close()]);
  });
});

describe('what is refused says why, and what to do', () => {
  test.each<[string, string, () => Promise<string>]>([
    ['key-own', 'Faro', async () => await generateKey(berlin, `Own ${Date.now()}`)],
    ['key-mistyped', 'Faro', async () => 'ilk1-00000'],
    ['already-linked', 'Faro', async () => await generateKey(lisbon, `Again ${Date.now()}`)],
    ['name-invalid', 'x'.repeat(41), async () => await generateKey(lisbon, `Long ${Date.now()}`)],
  ])('linking: %s', async (code, name, key) => {
    const admin = await open(berlin);
    await admin.press('Link to another system');
    await admin.page.getByLabel('What to call the other system here').fill(name);
    await admin.page.getByLabel('Authorization key').fill(await key());
    await admin.press(/^Link$/);
    await expectShown(admin.page.getByRole('alert').getByText(code));
    expect(await admin.page.getByRole('alert').locator('.remedy').textContent()).not.toBe('');
    expect(await admin.page.getByLabel('What to call the other system here').inputValue()).toBe(name);
  });

  test('a key for a name that is taken', async () => {
    const admin = await open(berlin);
    await admin.press('Generate new key');
    await admin.page.getByLabel('What to call the other system here').fill(hostile.toUpperCase());
    await admin.press(/^Generate$/);
    await expectShown(admin.page.getByRole('alert').getByText('name-taken'));
  });

  test('a key that was used, one that was revoked, and one of a system that does not answer', async () => {
    await expectKeyRefused(porto, usedKey, 'key-used');
    const revoked = await generateKey(porto, 'Revoked');
    await porto.interlinks('delete', 'Revoked', '--yes');
    await expectKeyRefused(berlin, revoked, 'key-refused');
    const away = await generateKey(porto, 'Away');
    await porto.service.stop();
    await expectKeyRefused(berlin, away, 'peer-unreachable');
  });

  test('a switch that cannot be written into the file stays, and says why', async () => {
    const file = await readFile(berlin.configFile, 'utf8');
    const admin = await open(berlin);
    await admin.section('Numbers');
    const row = admin.row('Reception');
    const withAnchor = file
      .replace('"name": "Reception"', (line) => `${line}\n    "private": &p false`)
      .replace('"number": "150"', (line) => `${line}\n    "private": *p`);
    await writeFile(berlin.configFile, withAnchor);
    await row.getByRole('switch').click();
    await expectShown(row.getByRole('alert').getByText('config-unwritable'));
    expect(await row.getByRole('switch').isChecked()).toBe(false);
    await writeFile(berlin.configFile, file.replace('"numbers":', '"numbres":'));
    await admin.expectText('The configuration file as it is now is not in force');
    await row.getByRole('switch').click();
    await expectShown(row.getByRole('alert').getByText('config-invalid'));
    await writeFile(berlin.configFile, file);
    await expectGone(admin.page.getByText('The configuration file as it is now is not in force'));
  });

  test('a number that is gone from the file, beside its switch', async () => {
    const admin = await open(berlin);
    await admin.section('Numbers');
    await admin.page.route('**/api/v1/numbers/150', async (route) => {
      await route.continue({ url: `http://${berlin.address}:8420/api/v1/numbers/999` });
    });
    await admin.row('150').first().getByRole('switch').click();
    await expectShown(admin.row('150').first().getByRole('alert').getByText('not-found'));
    expect(await admin.row('150').first().getByRole('switch').isChecked()).toBe(false);
  });
});

describe('names that others chose', () => {
  test('are shown as the text that they are', async () => {
    const admin = await open(berlin);
    await expectShown(admin.row(hostile).first());
    await admin.press(`Delete ${hostile}`);
    await expectShown(admin.page.getByRole('heading', { name: `Delete ${hostile}?` }));
    await admin.press('Keep it');
    await admin.section('Numbers');
    await expectShown(admin.row('201').getByText(hostile).first());
    await expectShown(admin.row('مرحبا'));
    await admin.expectText('gets the 150 of this system, which always wins');
    expect(await admin.page.locator('img').count()).toBe(0);
  });
});

describe('everybody can use it', () => {
  const sections = ['Interlinks', 'Numbers', 'Calls', 'What happens when I dial …', 'Problems', 'Log'];

  test.each(['light', 'dark'] as const)('axe finds nothing serious, %s', async (colorScheme) => {
    const admin = await open(berlin, { colorScheme });
    for (const section of sections) {
      await admin.section(section);
      if (section === 'Problems') await expectGone(admin.page.getByText('Looking'));
      expect({ section, flaws: await admin.seriousFlaws() }).toEqual({ section, flaws: [] });
    }
    await admin.section('Interlinks');
    for (const dialog of ['Generate new key', 'Link to another system', `Delete ${hostile}`]) {
      await admin.press(dialog);
      await expectShown(admin.page.getByRole('dialog'));
      expect({ dialog, flaws: await admin.seriousFlaws() }).toEqual({ dialog, flaws: [] });
      await admin.page.keyboard.press('Escape');
      await expectGone(admin.page.getByRole('dialog'));
    }
  });

  test('a narrow screen has all of it, without scrolling sideways', async () => {
    const admin = await open(berlin, { viewport: { width: 360, height: 740 } });
    for (const section of sections) {
      await admin.section(section);
      const wide = await admin.page.evaluate<number>('document.documentElement.scrollWidth');
      expect({ section, fits: wide <= 360 }).toEqual({ section, fits: true });
    }
  });

  test('the keyboard alone generates a key', async () => {
    const { page } = await open(berlin);
    await page.getByRole('tab', { name: 'Interlinks' }).focus();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.keyboard.type('Keyboard');
    await page.keyboard.press('Enter');
    await expectShown(page.getByLabel('Authorization key'));
    await page.keyboard.press('Escape');
    await expectShown(page.getByRole('row').filter({ hasText: 'Keyboard' }));
    // The focus is back where it came from.
    await expect
      .poll(async () => await page.evaluate<string>('document.activeElement.textContent'))
      .toBe('Generate new key');
  });

  test('times are in the reader’s zone', async () => {
    const admin = await open(berlin, { timezoneId: 'Pacific/Kiritimati' });
    const { interlinks } = await berlin.json<{ interlinks: { name: string; activatedAt: string }[] }>('list');
    const { activatedAt = '' } = interlinks.find(({ name }) => name === hostile) ?? {};
    const there = new Intl.DateTimeFormat('en-GB', {
      dateStyle: 'medium',
      timeStyle: 'short',
      timeZone: 'Pacific/Kiritimati',
    });
    await expectShown(admin.row(hostile).getByText(there.format(new Date(activatedAt))));
  });
});
