import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { isTrunkCertificate } from '../domain/trunk-certificate.ts';
import { OwnCertificate } from './own-certificate.ts';

const id = 'NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs';
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'own-certificate-'));
});
afterEach(() => rm(folder, { recursive: true }));

const file = (kind: 'crt' | 'key'): Promise<string> => readFile(join(folder, `trunk.${kind}`), 'utf8');

test('is made once, in files that belong together; others may not read the key', async () => {
  const { certificate } = await OwnCertificate.open(folder, id, ['pbx.example', '10.0.0.1']);
  expect(await file('crt')).toBe(certificate);
  expect(isTrunkCertificate(certificate, id, '10.0.0.1')).toBe(true);
  expect(new X509Certificate(certificate).checkPrivateKey(createPrivateKey(await file('key')))).toBe(true);
  expect((await stat(join(folder, 'trunk.key'))).mode & 0o777).toBe(0o640);
  const again = await OwnCertificate.open(folder, id, ['pbx.example']);
  expect(again.certificate).toBe(certificate);
});

test('is made anew for other hosts, with the same key', async () => {
  const own = await OwnCertificate.open(folder, id, ['pbx.example']);
  const [key, { certificate }] = [await file('key'), own];
  expect(await own.cover(['pbx.example'])).toBe(false);
  expect(await own.cover(['pbx.example', 'vpn.example'])).toBe(true);
  expect(own.certificate).not.toBe(certificate);
  expect(await file('crt')).toBe(own.certificate);
  expect(isTrunkCertificate(own.certificate, id, 'vpn.example')).toBe(true);
  expect(await file('key')).toBe(key);
});

test.each([
  ['crt', 'garbage'],
  ['key', 'garbage'],
  ['key', ''],
] as const)('a damaged %s is replaced', async (kind, content) => {
  const before = await OwnCertificate.open(folder, id, ['pbx.example']);
  await writeFile(join(folder, `trunk.${kind}`), content);
  const { certificate } = await OwnCertificate.open(folder, id, ['pbx.example']);
  expect(certificate).not.toBe(before.certificate);
  expect(new X509Certificate(certificate).checkPrivateKey(createPrivateKey(await file('key')))).toBe(true);
});

test('a folder that cannot be used is said, with the remedy', async () => {
  await writeFile(join(folder, 'taken'), '');
  await expect(OwnCertificate.open(join(folder, 'taken'), id, ['pbx.example'])).rejects.toMatchObject({
    failure: { code: 'data-dir-unusable', remedy: expect.stringContaining('install -d') },
  });
});
