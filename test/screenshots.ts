import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { openAdminPage, type AdminPage } from './browser/admin-page.ts';
import { startBrowser } from './rig/browser.ts';
import { generateKey, linkOffices } from './rig/linking.ts';
import { startOffice } from './rig/office.ts';
import { dialInVain, hangUp, talk } from './rig/talk.ts';

/** Writes the pictures of the page that README.md shows: two real offices, real calls. */

const folder = resolve(import.meta.dirname, '../docs/images');
await mkdir(folder, { recursive: true });

const [browser, berlin, lisbon, porto] = await Promise.all([
  startBrowser(),
  startOffice({
    name: 'Berlin',
    numbers: [
      { number: '101', name: 'Reception' },
      { number: '102', name: 'Accounting', ring: ['PJSIP/101'] },
      { number: '150', name: 'Workshop', ring: ['PJSIP/101'] },
      { number: '190', name: 'Server room', ring: ['PJSIP/101'], private: true },
    ],
    phones: { '101': 1000 },
  }),
  startOffice({
    name: 'Lisbon',
    numbers: [
      { number: '201', name: 'Amália' },
      { number: '150', name: 'Warehouse', ring: ['PJSIP/201'] },
    ],
    phones: { '201': 440 },
  }),
  startOffice({ name: 'Porto', numbers: [{ number: '301', name: 'João' }], accounts: ['301'] }),
]);

try {
  await linkOffices(berlin, lisbon);
  await linkOffices(berlin, porto, '--trunk', 'iax2');
  await berlin.interlinks('prefix', 'Lisbon', '82');
  await generateKey(berlin, 'Warsaw');
  const reception = berlin.phone('101');
  const amalia = lisbon.phone('201');
  for (const number of ['201', '201', '201']) {
    await talk(reception, number, amalia);
    await hangUp(reception, amalia);
  }
  await talk(amalia, '101', reception);
  await hangUp(amalia, reception);
  for (const number of ['299', '301']) await dialInVain(reception, number);
  await talk(reception, '201', amalia);

  const viewport = { width: 1100, height: 620 };
  const light = await openAdminPage(browser, berlin, { viewport, colorScheme: 'light' });
  const dark = await openAdminPage(browser, berlin, { viewport, colorScheme: 'dark' });
  await light.row('Porto').getByText('green:').waitFor();
  await picture(light, 'interlinks');
  await light.press('Delete Lisbon');
  await light.expectText('Numbers that are dialed through it');
  await picture(light, 'delete');
  await light.press('Keep it');
  await light.section('Numbers');
  await light.row('Warehouse').waitFor();
  await picture(light, 'numbers');
  await dark.section('Calls');
  await dark.row('in progress').waitFor();
  await picture(dark, 'calls');
  await light.section('What happens when I dial …');
  await light.page.getByLabel('Number', { exact: true }).fill('201');
  await light.press('Show');
  await light.page.getByRole('listitem').last().waitFor();
  await picture(light, 'dial');
} finally {
  await browser.close();
  await Promise.all([berlin, lisbon, porto].map((office) => office.stop()));
}

async function picture({ page }: AdminPage, name: string): Promise<void> {
  await page.screenshot({ path: join(folder, `${name}.png`), animations: 'disabled', caret: 'hide' });
  process.stdout.write(`docs/images/${name}.png\n`);
}
