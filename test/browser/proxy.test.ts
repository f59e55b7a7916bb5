import { request } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeCertificate } from '../../src/domain/certificate.ts';
import { startBrowser } from '../rig/browser.ts';
import { startOffice, type Office } from '../rig/office.ts';
import { expectShown } from './admin-page.ts';

let browser: Browser;
let office: Office;
let proxy: Server;
/** What browsers said they had read, when they came back for events. */
const continued: (string | undefined)[] = [];
let url: string;

/** A proxy with TLS in front of an office, as admins put one; the Host header stays what the browser sent. */
async function startProxy({ address }: Office): Promise<Server> {
  const { certificate, certificateKey } = makeCertificate({ commonName: 'proxy', hosts: [address] });
  const server = createServer({ cert: certificate, key: certificateKey }, (incoming, answer) => {
    const { method, url: path, headers } = incoming;
    if (path === '/api/v1/events') continued.push(headers['last-event-id']?.toString());
    const outgoing = request({ host: address, port: 8420, method, path, headers }, (response) => {
      answer.writeHead(response.statusCode ?? 502, response.headers);
      response.pipe(answer);
    });
    outgoing.on('error', () => answer.destroy());
    answer.on('close', () => outgoing.destroy());
    incoming.pipe(outgoing);
  });
  await new Promise<void>((resolve) => server.listen(0, address, resolve));
  return server;
}

beforeAll(async () => {
  [browser, office] = await Promise.all([
    startBrowser(),
    startOffice({ name: 'Berlin', numbers: [{ number: '101' }] }),
  ]);
  proxy = await startProxy(office);
  url = `https://${office.address}:${(proxy.address() as AddressInfo).port}`;
  await office.configure({ settings: { admin: { listen: `${office.address}:8420`, url } } });
  await office.service.stop();
  await office.startService();
});

afterAll(async () => {
  await browser?.close();
  proxy?.closeAllConnections();
  proxy?.close();
  await office?.stop();
});

test('behind a proxy with TLS the page works, and the session is bound to it', async () => {
  const context = await browser.newContext({ ignoreHTTPSErrors: true });
  const page = await context.newPage();
  const link = await office.json<{ url: string }>('open');
  expect(link.url.startsWith(`${url}/#sign-in=`)).toBe(true);
  await page.goto(link.url);
  await expectShown(page.getByRole('heading', { name: 'Berlin', level: 1 }));
  await page.getByRole('button', { name: 'Generate new key' }).click();
  await page.getByLabel('What to call the other system here').fill('Lisbon');
  await page.getByRole('button', { name: /^Generate$/ }).click();
  await page.getByRole('button', { name: 'Done' }).click();
  await expectShown(page.getByRole('row').filter({ hasText: 'Lisbon' }));
  expect(await context.cookies()).toMatchObject([
    { name: '__Host-interlinks-8420', httpOnly: true, secure: true, sameSite: 'Strict', path: '/' },
  ]);

  // The browser comes back for what it missed, from where it was.
  expect(continued).toEqual([undefined]);
  proxy.closeAllConnections();
  await office.interlinks('rename', 'Lisbon', 'Lisboa');
  await expectShown(page.getByRole('row').filter({ hasText: 'Lisboa' }));
  expect(continued.at(-1)).toMatch(/-\d+$/);
});
