import { randomBytes } from 'node:crypto';
import { readFile, rm, writeFile } from 'node:fs/promises';
import type { Browser, Locator } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { sampleSystem, sampleTime } from '../../src/admin/testing/sample-system.ts';
import { decodeKey, encodeKey, type AuthorizationKey } from '../../src/domain/authorization-key.ts';
import type { FailureCode } from '../../src/domain/failure.ts';
import { startBrowser } from '../rig/browser.ts';
import { generateKey, linkOffices } from '../rig/linking.ts';
import { startOffice, type Office } from '../rig/office.ts';
import { expectGone, expectShown, openAdminPage, type AdminPage } from './admin-page.ts';

const HOUR = 3_600_000;

let browser: Browser;
let berlin: Office;
let lisbon: Office;
let porto: Office;
let usedKey: string;
let admin: AdminPage;

beforeAll(async () => {
  [browser, berlin, lisbon, porto] = await Promise.all([
    startBrowser(),
    startOffice({ name: 'Berlin', numbers: [{ number: '101', name: 'Reception' }, { number: '150' }] }),
    startOffice({ name: 'Lisbon', numbers: [{ number: '201' }] }),
    startOffice({ name: 'Porto', numbers: [{ number: '301' }] }),
  ]);
  usedKey = await linkOffices(berlin, lisbon);
});

afterAll(async () => {
  await browser?.close();
  await Promise.all([berlin?.stop(), lisbon?.stop(), porto?.stop()]);
});

beforeEach(async () => {
  admin = await openAdminPage(browser, berlin);
});

afterEach(() => admin.close());

/** Makes the page say it. @returns where */
type Provoke = () => Promise<Locator>;

/** What the type of the codes demands for each: how an admin meets it on the page, or why nobody does. */
const met: Record<FailureCode, Provoke | 'before the service runs' | 'of the command' | 'not of a session'> =
  {
    'already-linked': () => link(() => generateKey(lisbon, 'Again')),
    'ami-unauthorized': () => disconnected('ami', 'ami-unauthorized'),
    'ami-unreachable': () => disconnected('ami', 'ami-unreachable'),
    'ari-unauthorized': () => disconnected('asterisk', 'ari-unauthorized'),
    'ari-unreachable': () => disconnected('asterisk', 'ari-unreachable'),
    'asterisk-setup': () => disconnected('asterisk', 'asterisk-setup'),
    'config-invalid': () => withFile((text) => text.replace('"numbers":', '"numbres":')),
    'config-unreadable': () => withFile(() => undefined),
    'config-unwritable': () =>
      withFile((text) =>
        text
          .replace('"name": "Reception"', (line) => `${line}\n    "private": &p false`)
          .replace('"number": "150"', (line) => `${line}\n    "private": *p`),
      ),
    'changed-meanwhile': async () => {
      await generateKey(berlin, 'Seville');
      await rename('Seville', 'Cadiz', () => berlin.interlinks('rename', 'Seville', 'Malaga'));
      return alert();
    },
    'confirmation-needed': 'of the command',
    'daemon-unreachable': async () => {
      await admin.page.context().setOffline(true);
      return await key('Offline');
    },
    'data-dir-unusable': 'before the service runs',
    'database-in-use': 'before the service runs',
    'database-newer': 'before the service runs',
    'database-unreachable': () => answered(503, 'database-unreachable'),
    forbidden: 'not of a session',
    internal: () => answered(500, 'internal'),
    'key-expired': () => link(async () => keyOf(lisbon, { expiresAt: wholeSeconds(Date.now() - HOUR) })),
    'key-mistyped': () => link(async () => 'ilk1-00000'),
    'key-own': () => link(() => generateKey(berlin, 'Own')),
    'key-refused': () =>
      link(async () => {
        const revoked = await generateKey(porto, 'Revoked');
        await porto.interlinks('delete', 'Revoked', '--yes');
        return revoked;
      }),
    'key-used': async () => {
      await moveTo(porto);
      return await link(async () => usedKey);
    },
    'key-version': () => link(async () => 'ilk2-00000'),
    'name-invalid': () => key('x'.repeat(41)),
    'name-taken': () => key('LISBON'),
    'not-found': async () => {
      await generateKey(berlin, 'Gone');
      await admin.press('Delete Gone');
      await berlin.interlinks('delete', 'Gone', '--yes');
      await admin.press(/^Delete$/);
      return alert();
    },
    'output-unwritable': 'of the command',
    'peer-address-refused': () => link(async () => keyOf(lisbon, { url: 'https://169.254.1.1:8443' })),
    'peer-unreachable': () => link(async () => keyOf(lisbon, { url: `https://${lisbon.address}:1` })),
    'peer-untrusted': () =>
      link(async () => {
        const read = decodeKey(await generateKey(porto, 'Trusted'));
        return keyOf(porto, read.ok ? { secret: read.value.secret } : {});
      }),
    'port-taken': 'before the service runs',
    'prefix-invalid': () => prefix('x'),
    'prefix-taken': async () => {
      await generateKey(berlin, 'Vigo');
      await berlin.interlinks('prefix', 'Vigo', '82');
      return await prefix('821');
    },
    'request-invalid': () => link(async () => 'ilk1-'.padEnd(5000, '0')),
    'secret-key-exposed': 'before the service runs',
    'secret-key-missing': 'before the service runs',
    'secret-key-wrong': 'before the service runs',
    'sign-in-refused': () => signInWith(berlin, 'guessed'),
    'too-many-requests': async () => {
      await moveTo(porto);
      for (let guess = 0; guess < 20; guess += 1) {
        await fetch(`http://${porto.address}:8420/api/v1/session`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ code: `guess-${guess}` }),
        });
      }
      return await signInWith(porto, 'guessed');
    },
    'trunk-unsupported': () => link(() => generateKey(porto, 'Plain', '--plain')),
    unauthorized: async () => {
      await admin.page.context().clearCookies();
      return await key('Nobody');
    },
  };

const shown = Object.entries(met).filter(
  (entry): entry is [string, Provoke] => typeof entry[1] === 'function',
);

test.each(shown)('%s is shown with its remedy', async (code, provoke) => {
  const note = (await provoke()).filter({ hasText: code });
  await expectShown(note);
  expect(await note.first().locator('.remedy').textContent()).toMatch(/^\w.{5}/);
});

const alert = (): Locator => admin.page.getByRole('alert');

/** Enters a key. What was typed is still there when it is refused. */
async function link(authorizationKey: () => Promise<string>): Promise<Locator> {
  const { page } = admin;
  await admin.press('Link to another system');
  await page.getByLabel('What to call the other system here').fill('Elsewhere');
  await page.getByLabel('Authorization key').fill(await authorizationKey());
  await admin.press(/^Link$/);
  await expectShown(alert().locator('code'));
  expect(await page.getByLabel('What to call the other system here').inputValue()).toBe('Elsewhere');
  return alert();
}

/** Generates a key under this name, which is refused. */
async function key(name: string): Promise<Locator> {
  const { page } = admin;
  await admin.press('Generate new key');
  await page.getByLabel('What to call the other system here').fill(name);
  await admin.press(/^Generate$/);
  await expectShown(alert().locator('code'));
  expect(await page.getByLabel('What to call the other system here').inputValue()).toBe(name);
  return alert();
}

async function rename(from: string, to: string, meanwhile: () => Promise<unknown>): Promise<void> {
  await admin.press(`Rename ${from}`);
  await admin.page.getByLabel(`New name of ${from}`).fill(to);
  await meanwhile();
  await admin.press('Save');
}

async function prefix(text: string): Promise<Locator> {
  await admin.press('Prefix of Lisbon: none');
  await admin.page.getByLabel('New prefix of Lisbon').fill(text);
  await admin.press('Save');
  return alert();
}

async function signInWith({ address }: Office, code: string): Promise<Locator> {
  await admin.page.goto('about:blank');
  await admin.page.goto(`http://${address}:8420/#sign-in=${code}`);
  return alert();
}

/** What the service says when something broke in it that no test can break. */
async function answered(status: number, code: FailureCode): Promise<Locator> {
  await admin.page.route('**/api/v1/keys', (route) =>
    route.fulfill({
      status,
      contentType: 'application/problem+json',
      body: JSON.stringify({ status, code, title: code, detail: 'It broke.', remedy: 'Mend it.' }),
    }),
  );
  return await key('Broken');
}

/** What the service says of its connections; interlinks.test.ts has the real thing. */
async function disconnected(which: 'asterisk' | 'ami', code: FailureCode): Promise<Locator> {
  const connection = { connected: false, code, reason: 'It broke.', remedy: 'Mend it.' };
  const system = { ...sampleSystem, [which]: connection };
  const reset = { type: 'reset', at: sampleTime, system, interlinks: [] };
  await admin.page.route('**/api/v1/events', (route) =>
    route.fulfill({
      contentType: 'text/event-stream',
      body: `id: x-0\nevent: reset\ndata: ${JSON.stringify(reset)}\n\n`,
    }),
  );
  await admin.page.reload();
  return admin.page.getByText('is not connected: It broke.');
}

async function moveTo(office: Office): Promise<void> {
  await admin.close();
  admin = await openAdminPage(browser, office);
}

/** A key that nobody generated. */
function keyOf({ address }: Office, change: Partial<AuthorizationKey>): string {
  return encodeKey({
    secret: randomBytes(16),
    issuerIdentity: randomBytes(16),
    expiresAt: wholeSeconds(Date.now() + HOUR),
    url: `https://${address}:8443`,
    ...change,
  });
}

function wholeSeconds(ms: number): number {
  return Math.floor(ms / 1000) * 1000;
}

/** Presses a switch while the file is something else: it stays as it was. @param change undefined: without the file */
async function withFile(change: (text: string) => string | undefined): Promise<Locator> {
  const file = await readFile(berlin.configFile, 'utf8');
  await admin.section('Numbers');
  const row = admin.row('Reception');
  try {
    const changed = change(file);
    await (changed === undefined ? rm(berlin.configFile) : writeFile(berlin.configFile, changed));
    await row.getByRole('switch').click();
    await expectShown(row.getByRole('alert').locator('code'));
    expect(await row.getByRole('switch').isChecked()).toBe(false);
  } finally {
    await writeFile(berlin.configFile, file);
  }
  await expectGone(admin.page.getByText('The configuration file as it is now is not in force'));
  return row.getByRole('alert');
}
