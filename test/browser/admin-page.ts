import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core';
import type { Office } from '../rig/office.ts';

/** State changes are promised within a second; this leaves a busy machine some more. */
const SEEN_MS = 10_000;

/** Waits until the page shows it. */
export async function expectShown(locator: Locator, ms = SEEN_MS): Promise<void> {
  await locator.first().waitFor({ timeout: ms });
}

/** Waits until the page does not have it any more. */
export async function expectGone(locator: Locator): Promise<void> {
  await locator.first().waitFor({ state: 'detached', timeout: SEEN_MS });
}

/** An admin's browser with the page of one office. */
export interface AdminPage {
  readonly page: Page;
  /** What the browser complained of, and what went to anywhere else. */
  readonly complaints: readonly string[];
  section(title: string): Promise<void>;
  /** The row of a table with this text in it. */
  row(text: string | RegExp): Locator;
  /** What a column says in the first row with this text in it. */
  cell(text: string | RegExp, title: string): Locator;
  /** Waits until the page shows the text. */
  expectText(text: string | RegExp): Promise<void>;
  press(name: string | RegExp, within?: Locator): Promise<void>;
  /** What axe finds serious or worse, as `rule: element`. */
  seriousFlaws(): Promise<readonly string[]>;
  /** @throws when the browser complained of something */
  close(): Promise<void>;
}

/** Opens the page of an office and signs in, as an admin does who clicks on the link of `interlinks open`. */
export async function openAdminPage(
  browser: Browser,
  office: Office,
  options: BrowserContextOptions = {},
): Promise<AdminPage> {
  const context = await browser.newContext({ locale: 'en-GB', ...options });
  context.setDefaultTimeout(SEEN_MS);
  const page = await context.newPage();
  const complaints: string[] = [];
  const own = `http://${office.address}:8420/`;
  // A refusal of the service is no complaint; the page says what it means.
  page.on('console', (message) => {
    const refused = message.text().startsWith('Failed to load resource');
    if (['error', 'warning'].includes(message.type()) && !refused) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('dialog', (dialog) => {
    complaints.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('request', (request) => {
    if (!request.url().startsWith(own)) complaints.push(`asked for ${request.url()}`);
  });
  const { url } = await office.json<{ url: string }>('open');
  await page.goto(url);
  await expectShown(page.getByRole('heading', { name: office.name, level: 1 }));
  return {
    page,
    complaints,
    section: async (title) => {
      await page.getByRole('tab', { name: title }).click();
      await expectShown(page.getByRole('heading', { name: title, level: 2 }));
    },
    row: (text) => page.getByRole('row').filter({ hasText: text }),
    cell: (text, title) =>
      page.getByRole('row').filter({ hasText: text }).first().locator(`[data-title="${title}"]`),
    expectText: (text) => expectShown(page.getByText(text)),
    press: async (name, within) => {
      await (within ?? page).getByRole('button', { name }).click();
    },
    seriousFlaws: async () => await seriousFlaws(page),
    close: async () => {
      await context.close();
      if (complaints.length > 0) throw new Error(complaints.join('\n'));
    },
  };
}

const axe = readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

interface AxeResults {
  readonly violations: readonly {
    readonly id: string;
    readonly impact: string;
    readonly nodes: readonly { readonly html: string }[];
  }[];
}

async function seriousFlaws(page: Page): Promise<readonly string[]> {
  // Evaluated over the debugger, where the page's content security policy does not apply.
  await page.evaluate(await axe);
  const { violations } = await page.evaluate<AxeResults>('axe.run()');
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
}
