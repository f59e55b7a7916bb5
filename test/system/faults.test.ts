import { readFile, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { decodeKey, encodeKey } from '../../src/domain/authorization-key.ts';
import { generateKey, linkOffices } from '../rig/linking.ts';
import { READY, restartAsterisk, startOffice, type Office } from '../rig/office.ts';
import type { ProcessEnd } from '../rig/process.ts';

/** What the service logged as an error. */
function errors(output: string): readonly { code: string }[] {
  return output
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as { level: number; code: string })
    .filter(({ level }) => level >= 50);
}

function codes(output: string): readonly string[] {
  return errors(output)
    .map(({ code }) => code)
    .toSorted();
}

function startWithOneNumber(name: string): Promise<Office> {
  return startOffice({ name, numbers: [{ number: '101' }] });
}

let berlin: Office;
let lisbon: Office;
let porto: Office;

beforeAll(async () => {
  [berlin, lisbon, porto] = await Promise.all([
    startWithOneNumber('Berlin'),
    startWithOneNumber('Lisbon'),
    startWithOneNumber('Porto'),
  ]);
});

afterAll(() => Promise.all([berlin, lisbon, porto].map((office) => office.stop())));

/** What a refused command leaves: no exit 0, one line, the code in it, no stack. */
function expectRefusal({ code, output }: ProcessEnd, failure: string, ...words: readonly string[]): void {
  const lines = output
    .trim()
    .split('\n')
    .filter((line) => !line.startsWith('{'));
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatch(/^interlinks: [^\n]+\. \S[^\n]+\. \[[a-z-]+\]$/);
  expect(lines[0]).toContain(`[${failure}]`);
  for (const word of words) expect(lines[0]).toContain(word);
  expect(code).toBe(1);
}

async function namesOf(office: Office): Promise<readonly string[]> {
  const { interlinks } = await office.json<{ interlinks: { name: string }[] }>('list');
  return interlinks.map(({ name }) => name);
}

describe('an authorization key that does not work says why, and leaves nothing behind', () => {
  test('mistyped', async () => {
    const key = await generateKey(berlin, 'Mistyped');
    const typo = key.replace(/.$/, (last) => (last === '7' ? '8' : '7'));
    expectRefusal(await lisbon.interlinks('link', 'Berlin', typo), 'key-mistyped');
    expect(await namesOf(lisbon)).toEqual([]);
  });

  test('own', async () => {
    const key = await generateKey(berlin, 'Own');
    expectRefusal(await berlin.interlinks('link', 'Me', key), 'key-own');
    expect(await namesOf(berlin)).not.toContain('Me');
  });

  test('expired', async () => {
    const decoded = decodeKey(await generateKey(berlin, 'Expired'));
    if (!decoded.ok) throw new Error(decoded.failure.message);
    const old = encodeKey({ ...decoded.value, expiresAt: Date.UTC(2026, 0, 1) });
    expectRefusal(await lisbon.interlinks('link', 'Berlin', old), 'key-expired');
    expect(await namesOf(lisbon)).toEqual([]);
  });

  test('of a newer version', async () => {
    const key = await generateKey(berlin, 'Newer');
    expectRefusal(
      await lisbon.interlinks('link', 'Berlin', key.replace('ilk1-', 'ilk2-AAAAA-')),
      'key-version',
    );
  });

  test('for a system that cannot be reached: the key stays good', async () => {
    const nobody = `https://${berlin.address}:8499`;
    const key = await generateKey(berlin, 'Nobody there', '--url', nobody);
    expectRefusal(await lisbon.interlinks('link', 'Berlin', key), 'peer-unreachable');
    expect(await namesOf(lisbon)).toEqual([]);
  });

  test('used, and linked already', async () => {
    const key = await linkOffices(berlin, lisbon);
    expectRefusal(await porto.interlinks('link', 'Berlin', key), 'key-used');
    expect(await namesOf(porto)).toEqual([]);
    const second = await generateKey(berlin, 'Lisbon again');
    expectRefusal(await lisbon.interlinks('link', 'Berlin again', second), 'already-linked', '"Berlin"');
    expect(await namesOf(lisbon)).toEqual(['Berlin']);
  });

  test('for a name that is taken, whatever its case', async () => {
    await generateKey(berlin, 'Taken');
    expectRefusal(await berlin.interlinks('key', 'new', 'TAKEN'), 'name-taken');
  });
});

describe('the service refuses to start, in one line', () => {
  test('where a second one uses the same database', async () => {
    const before = await readFile(porto.configFile, 'utf8');
    await porto.configure({ settings: { admin: { listen: `${porto.address}:8499` } } });
    expectRefusal(await porto.interlinks('serve'), 'database-in-use');
    await writeFile(porto.configFile, before);
    expect((await porto.interlinks('list')).code).toBe(0);
  });

  test('where a port is taken', async () => {
    const before = await readFile(porto.configFile, 'utf8');
    await porto.configure({ settings: { dataDir: `${porto.dataDir}-2` } });
    expectRefusal(await porto.interlinks('serve'), 'port-taken', `${porto.address}:8443`, 'peer.listen');
    await writeFile(porto.configFile, before);
    expect((await porto.interlinks('list')).code).toBe(0);
  });

  test('where the file is broken, with line and column', async () => {
    const before = await readFile(porto.configFile, 'utf8');
    await writeFile(porto.configFile, before.replace('"number": "101"', '"number": 0101'));
    const line = before.split('\n').findIndex((text) => text.includes('"number": "101"')) + 1;
    const place = `interlinks.yaml:${line}:`;
    expectRefusal(await porto.interlinks('serve'), 'config-invalid', place, '"0101"');
    const check = await porto.interlinks('check');
    expect(check).toMatchObject({ code: 1, output: expect.stringContaining(place) });
    await writeFile(porto.configFile, before);
    expect(await porto.interlinks('check')).toMatchObject({
      code: 0,
      output: expect.stringContaining('no problems'),
    });
  });

  test('where the file is missing', async () => {
    expectRefusal(
      await porto.interlinks('--config', '/nowhere/interlinks.yaml', 'serve'),
      'config-unreadable',
    );
  });

  test('where PostgreSQL cannot be reached, without showing a password', async () => {
    const before = await readFile(porto.configFile, 'utf8');
    await porto.configure({
      settings: { database: { url: `postgres://interlinks@${porto.address}:8499/interlinks` } },
    });
    expectRefusal(await porto.interlinks('serve'), 'database-unreachable', `${porto.address}:8499`);
    await writeFile(porto.configFile, before);
  });
});

describe('the service starts without Asterisk, says so in one line, and takes calls as soon as it can', () => {
  test('Asterisk is not there yet', async () => {
    await porto.service.stop();
    porto.pbx.asterisk.kill('SIGKILL');
    await porto.pbx.asterisk.ended();
    const service = await porto.startService(/ari-unreachable/);
    expect((await porto.interlinks('list')).code).toBe(0);
    await porto.pbx.asterisk.restart();
    await service.waitForLine(READY, 10_000);
    expect(codes(service.output())).toEqual(['ami-unreachable', 'ari-unreachable']);
  });

  test('the ARI password is wrong', async () => {
    await porto.service.stop();
    const secret = porto.configFile.replace('interlinks.yaml', 'ari.secret');
    const before = await readFile(secret, 'utf8');
    await writeFile(secret, 'not the password\n');
    const service = await porto.startService(/ari-unauthorized/);
    expect((await porto.interlinks('list')).code).toBe(0);
    expect(service.output()).not.toContain('not the password');
    expect(codes(service.output())).toEqual(['ari-unauthorized']);
    await service.stop();
    await writeFile(secret, before);
    await porto.startService();
  });

  test('Asterisk restarts: trunks and calls are back by themselves', async () => {
    await restartAsterisk(lisbon);
    expect(await lisbon.pbx.asterisk.cli('pjsip show endpoints')).toMatch(/Endpoint: +il-/);
  });
});

test('two services for one Asterisk: the one that lost it says so', async () => {
  await porto.service.stop();
  const before = await readFile(porto.configFile, 'utf8');
  const { ariUrl: url, ariUsername: username, address: host } = lisbon.pbx;
  const ari = { url, username, passwordFile: 'ari.secret' };
  await porto.configure({ settings: { asterisk: { ari, ami: { host, passwordFile: 'ami.secret' } } } });
  const intruder = await porto.startService();
  await lisbon.service.waitForLine(/Another program has taken over the Stasis application/, 10_000);
  await intruder.stop();
  await writeFile(porto.configFile, before);
  const service = await porto.startService();
  expect(errors(service.output())).toEqual([]);
});

test('the service is small, once its code is compiled', async () => {
  await lisbon.service.stop();
  await lisbon.startService();
  const process = `/proc/${lisbon.service.pid}`;
  const status = await readFile(`${process}/status`, 'utf8');
  expect(Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1])).toBeLessThan(150 * 1024);
  expect(await readFile(`${process}/environ`, 'utf8')).toContain('MALLOC_ARENA_MAX=1\0');
});

test('commands say when the service is not running', async () => {
  await porto.service.stop();
  expectRefusal(await porto.interlinks('list'), 'daemon-unreachable');
  await porto.startService();
});
