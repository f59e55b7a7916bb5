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
const opened: AdminPage[] = [];

async function open(...options: Parameters<typeof openAdminPage> extends [Browser, ...infer R] ? R : never) {
  const page = await openAdminPage(browser, ...options);
  opened.push(page);
  return page;
}

beforeAll(async () => {
  [browser, berlin, lisbon] = await Promise.all([
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
  ]);
  await linkOffices(berlin, lisbon);
});

afterEach(async () => {
  await Promise.all(opened.splice(0).map((page) => page.close()));
});

afterAll(async () => {
  await browser?.close();
  await Promise.all([berlin?.stop(), lisbon?.stop()]);
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

  test('what one does stands in the log that the other one looks at', async () => {
    const bruno = await open(berlin);
    await bruno.section('Log');
    await expectShown(bruno.page.getByRole('table'));
    await generateKey(berlin, 'Coimbra');
    await expectShown(bruno.row('Coimbra'));
    await berlin.interlinks('rename', 'Coimbra', 'Aveiro');
    await expectShown(bruno.row('Coimbra → Aveiro'));
    await berlin.interlinks('delete', 'Aveiro', '--yes');
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

  test('a session that could not be ended is not said to be over', async () => {
    const anna = await open(berlin);
    const session = '**/api/v1/session';
    await anna.page.route(session, (route) => route.fulfill({ status: 502, body: 'Bad Gateway' }));
    await anna.press('Sign out');
    await expectShown(anna.page.getByRole('alert').locator('.error'));
    await expectShown(anna.page.getByRole('tab', { name: 'Interlinks' }));
    await anna.page.unroute(session);
    await anna.press('Sign out');
    await anna.expectText('You are not signed in');
  });

  test('a key that is shown once stays, whatever is answered meanwhile and wherever one clicks', async () => {
    await generateKey(berlin, 'Coimbra');
    const anna = await open(berlin);
    const answer = Promise.withResolvers<void>();
    await anna.page.route('**/api/v1/interlinks/*', async (route) => {
      if (route.request().method() === 'DELETE') await answer.promise;
      await route.continue();
    });
    await anna.press('Delete Coimbra');
    await anna.press(/^Delete$/);
    await anna.page.keyboard.press('Escape');
    await anna.press('Generate new key');
    await anna.page.getByLabel('What to call the other system here').fill('Braga');
    await anna.press(/^Generate$/);
    await anna.expectText(/^ilk1-/);
    answer.resolve();
    await expectGone(anna.row('Coimbra'));
    await anna.page.mouse.click(5, 5);
    await anna.expectText(/^ilk1-/);
    await anna.press('Close');
    await expectGone(anna.page.getByText(/^ilk1-/));
  });

  test('calls that were filtered by an interlink can be shown all again when that is deleted', async () => {
    await generateKey(berlin, 'Evora');
    const anna = await open(berlin);
    await anna.section('Calls');
    const filter = anna.page.getByRole('combobox', { name: 'Interlink' });
    const chosen = () => filter.locator('option:checked').allTextContents();
    await filter.selectOption('Evora');
    await berlin.interlinks('delete', 'Evora', '--yes');
    await expect.poll(chosen).toEqual(['a deleted one']);
    await filter.selectOption('all');
    await expect.poll(chosen).toEqual(['all']);
    expect(await filter.getByRole('option', { name: 'a deleted one' }).count()).toBe(0);
  });

  test('a switch that is pressed by keyboard keeps the focus', async () => {
    const anna = await open(berlin);
    await anna.section('Numbers');
    const hidden = anna.page.getByRole('switch', { name: '101 is private' });
    await hidden.focus();
    for (const state of ['true', 'false']) {
      await anna.page.keyboard.press('Space');
      await expectShown(
        anna.page.locator(
          `[role=switch][aria-label="101 is private"]:${state === 'true' ? 'checked' : 'not(:checked)'}`,
        ),
      );
      expect(await hidden.evaluate((one) => one === one.ownerDocument.activeElement)).toBe(true);
    }
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
      expect({ section, flaws: await admin.seriousFlaws() }).toEqual({ section, flaws: [] });
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
