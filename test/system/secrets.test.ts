import { createPrivateKey } from 'node:crypto';
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { decodeKey } from '../../src/domain/authorization-key.ts';
import { openStore } from '../../src/store/index.ts';
import { generateKey, untilGreen } from '../rig/linking.ts';
import { startOffice, type Office } from '../rig/office.ts';
import { startProcess } from '../rig/process.ts';
import { dialInVain, hangUp, talk, untilIdle } from '../rig/talk.ts';

const ARI_PASSWORD = 'MARKED-ari-password';
const INTERLINKS = join(import.meta.dirname, '../../src/cli/interlinks');

/** What was written where somebody could read it, by place. */
const seen: Record<string, string> = {};
/** What must stand nowhere, by name, in every usual notation. */
const secrets: Record<string, readonly string[]> = {};

let berlin: Office;
let lisbon: Office;

/** Runs a command and keeps what it said. */
async function command(office: Office, ...args: readonly string[]): Promise<number | null> {
  const { code, output } = await office.interlinks(...args);
  seen[`${office.name}: interlinks ${args.join(' ').slice(0, 40)}`] = output;
  return code;
}

async function adminToken(office: Office): Promise<string> {
  return (await readFile(join(office.dataDir, 'admin.token'), 'utf8')).trim();
}

/** Asks the admin API and keeps what it said. */
async function ask(
  office: Office,
  path: string,
  init: { method?: string; body?: string; headers?: Record<string, string> } = {},
): Promise<number> {
  const response = await fetch(`http://${office.address}:8420${path}`, {
    ...init,
    headers: {
      authorization: `Bearer ${await adminToken(office)}`,
      'content-type': 'application/json',
      ...init.headers,
    },
  });
  const place = `${office.name}: ${init.method ?? 'GET'} ${path} ${Object.keys(seen).length}`;
  seen[place] = JSON.stringify([...response.headers]) + (await response.text());
  return response.status;
}

/** Enters a key as a careful admin does: not on the command line. */
async function enterKey(office: Office, name: string, key: string): Promise<void> {
  const folder = await mkdtemp(join(office.dataDir, '../key-'));
  await writeFile(join(folder, 'key'), key, { mode: 0o600 });
  const script = `exec "$0" --config "$1" link "$2" < "$3"`;
  const shell = await startProcess('sh', [
    '-c',
    script,
    INTERLINKS,
    office.configFile,
    name,
    join(folder, 'key'),
  ]);
  const { code, output } = await shell.ended;
  seen[`${office.name}: interlinks link`] = output;
  await rm(folder, { recursive: true });
  expect({ code, output }).toMatchObject({ code: 0 });
}

/** Keeps the service's log, its arguments and its environment. */
async function keepService(office: Office, when: string): Promise<void> {
  const { pid } = office.service;
  seen[`${office.name}: log ${when}`] = office.service.output();
  for (const file of ['cmdline', 'environ']) {
    seen[`${office.name}: ${file} ${when}`] = await readFile(`/proc/${pid}/${file}`, 'latin1');
  }
}

/** Files of their own, each with a secret in it and readable for who needs it. */
const KEPT_IN_CLEAR = new Set(['secret.key', 'admin.token', 'trunk.key']);

async function keepFiles(office: Office, when: string): Promise<void> {
  const entries = await readdir(office.dataDir, { recursive: true, withFileTypes: true });
  for (const entry of entries) {
    if (!entry.isFile() || KEPT_IN_CLEAR.has(entry.name)) continue;
    const path = join(entry.parentPath, entry.name);
    seen[`${office.name}: ${entry.name} ${when}`] = await readFile(path, 'latin1');
  }
}

function notations(bytes: Uint8Array): readonly string[] {
  const buffer = Buffer.from(bytes);
  const encoded = (['hex', 'base64', 'base64url', 'latin1'] as const).map((one) => buffer.toString(one));
  return [...encoded, buffer.toString('hex').toUpperCase(), JSON.stringify([...buffer])];
}

function textNotations(text: string): readonly string[] {
  return [text, encodeURIComponent(text), ...notations(Buffer.from(text))];
}

/** A private key as PEM, DER and JWK. */
function keyNotations(pem: string): readonly string[] {
  const key = createPrivateKey(pem);
  const { d = '' } = key.export({ format: 'jwk' });
  const body = pem.split('\n').slice(1, -2);
  return [
    ...body,
    ...notations(key.export({ format: 'der', type: 'pkcs8' })),
    ...notations(Buffer.from(d, 'base64url')),
  ];
}

/** What an office keeps to itself; read from a copy of its data, with its key. */
async function collectSecrets(office: Office): Promise<void> {
  const dataDir = `${office.dataDir}-copy`;
  await cp(office.dataDir, dataDir, { recursive: true });
  const store = await openStore({ dataDir });
  const identity = await store.identity.load();
  const [interlink] = await store.interlinks.list();
  const trunk = await store.interlinks.secrets(interlink?.id ?? '');
  await store.close();
  if (identity === undefined || trunk === undefined) throw new Error('there are no secrets');
  secrets[`${office.name}: identity`] = keyNotations(identity.privateKey);
  secrets[`${office.name}: TLS key`] = keyNotations(identity.certificateKey);
  const trunkKey = await readFile(join(dataDir, 'asterisk', 'trunk.key'), 'latin1');
  secrets[`${office.name}: trunk key`] = keyNotations(trunkKey);
  secrets[`${office.name}: inbound trunk secret`] = textNotations(trunk.inbound);
  secrets[`${office.name}: outbound trunk secret`] = textNotations(trunk.outbound);
  secrets[`${office.name}: admin token`] = textNotations(await adminToken(office));
  const key = await readFile(join(dataDir, 'secret.key'), 'latin1');
  secrets[`${office.name}: secret key`] = [key.trim(), ...notations(Buffer.from(key, 'base64url'))];
}

function rememberKey(key: string): void {
  const decoded = decodeKey(key);
  if (!decoded.ok) throw new Error(decoded.failure.message);
  const plain = key.replace(/^ilk1-/, '').replaceAll('-', '');
  secrets['authorization key'] = [
    ...textNotations(key),
    ...textNotations(plain),
    plain.toLowerCase(),
    // The secret alone is its first 16 bytes.
    plain.slice(0, 25),
    ...notations(decoded.value.secret),
  ];
}

beforeAll(async () => {
  const settings = { log: { level: 'trace' } };
  [berlin, lisbon] = await Promise.all([
    startOffice({
      name: 'Berlin',
      numbers: [{ number: '101' }],
      phones: { '101': 1000 },
      settings,
      pbx: { ariPassword: ARI_PASSWORD },
    }),
    startOffice({
      name: 'Lisbon',
      numbers: [{ number: '201' }, { number: '290', private: true }],
      phones: { '201': 440 },
      settings,
      pbx: { ariPassword: ARI_PASSWORD },
    }),
  ]);
  secrets['ARI password'] = [...textNotations(ARI_PASSWORD), ...textNotations(`interlinks:${ARI_PASSWORD}`)];
});

afterAll(() => Promise.all([berlin.stop(), lisbon.stop()]));

describe('secrets stay secret', () => {
  test('while two offices are linked, call each other, and meet every kind of error', async () => {
    const key = await generateKey(berlin, 'Lisbon');
    rememberKey(key);
    await ask(lisbon, '/api/v1/interlinks', { method: 'POST', body: `{"name": "Berlin", "key": "${key}"` });
    await ask(lisbon, '/api/v1/interlinks', { method: 'POST', body: key });
    await ask(lisbon, '/api/v1/interlinks', {
      method: 'POST',
      body: JSON.stringify({ name: 'Berlin', key: [key] }),
    });
    await enterKey(lisbon, 'Berlin', key);
    await untilGreen(berlin, lisbon);
    await keepFiles(berlin, 'linked');
    await keepFiles(lisbon, 'linked');

    await talk(berlin.phone('101'), '201', lisbon.phone('201'));
    await hangUp(berlin.phone('101'), lisbon.phone('201'));
    await talk(lisbon.phone('201'), '101', berlin.phone('101'));
    await hangUp(berlin.phone('101'), lisbon.phone('201'));
    expect(await dialInVain(berlin.phone('101'), '290')).toMatchObject({ status: 404 });

    expect(await command(lisbon, 'link', 'Again', key)).toBe(1);
    expect(await command(lisbon, '--json', 'link', 'Again', key)).toBe(1);
    expect(
      await command(
        lisbon,
        'link',
        'Again',
        key.replace(/.$/, (last) => (last === '7' ? '8' : '7')),
      ),
    ).toBe(1);
    for (const office of [berlin, lisbon]) {
      for (const args of [['list'], ['status'], ['calls'], ['route', '201'], ['check']]) {
        await command(office, ...args);
        await command(office, '--json', ...args);
      }
      for (const path of ['system', 'interlinks', 'numbers', 'calls', 'routes/201', 'nothing']) {
        await ask(office, `/api/v1/${path}`);
      }
      for (const path of ['metrics', 'readyz', 'healthz']) await ask(office, `/${path}`);
      const wrong = { authorization: `Bearer x${await adminToken(office)}` };
      expect(await ask(office, '/api/v1/system', { headers: wrong })).toBe(401);
    }
    await Promise.all([untilIdle(berlin), untilIdle(lisbon)]);
  });

  test('also when Asterisk goes away, the other system does, and the services start again', async () => {
    lisbon.pbx.asterisk.kill('SIGKILL');
    await lisbon.service.waitForLine(/"code":"ari-unreachable"/, 15_000);
    await keepService(lisbon, 'without Asterisk');
    await lisbon.service.stop();
    expect(await dialInVain(berlin.phone('101'), '201')).toMatchObject({ type: 'closed' });
    await lisbon.pbx.asterisk.restart();
    await lisbon.startService();
    await keepService(lisbon, 'at the end');
    await keepService(berlin, 'at the end');
    for (const office of [berlin, lisbon]) {
      const { output } = await office.service.stop();
      seen[`${office.name}: log, whole`] = output;
      await keepFiles(office, 'stopped');
      await collectSecrets(office);
    }
  });

  test('nothing that was logged, printed, answered or stored has one of them', async () => {
    const asterisk = await Promise.all([berlin, lisbon].map(({ pbx }) => pbx.asterisk.log()));
    secrets['ticket'] = [
      ...asterisk.join('').matchAll(/(?:X-Interlinks-Ticket=|IAXVAR\(IL_TICKET\)=)([\w-]{22})/g),
    ].map(([, ticket = '']) => ticket);
    expect(secrets['ticket'].length).toBeGreaterThanOrEqual(2);
    expect(Object.keys(secrets)).toHaveLength(17);
    expect(
      Object.values(secrets)
        .flat()
        .filter((one) => one.length < 16),
    ).toEqual([]);
    expect(Object.keys(seen).length).toBeGreaterThan(45);

    const found = Object.entries(seen).flatMap(([place, text]) =>
      Object.entries(secrets)
        .filter(([, needles]) => needles.some((needle) => text.includes(needle)))
        .map(([secret]) => `${secret} in ${place}`),
    );
    expect(found).toEqual([]);

    const inAsterisk = Object.entries(secrets)
      .filter(
        ([name, needles]) =>
          name !== 'ticket' && needles.some((needle) => asterisk.join('').includes(needle)),
      )
      .map(([name]) => name);
    expect(inAsterisk).toEqual([]);
  });
});
