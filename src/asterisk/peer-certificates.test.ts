import { mkdtemp, readdir, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeTrunkCertificate, trunkSubjectHash } from '../domain/trunk-certificate.ts';
import { PeerCertificates } from './peer-certificates.ts';

const [berlin, lisbon] = ['B'.repeat(43), 'L'.repeat(43)].map(
  (id) => makeTrunkCertificate(id, ['pbx.example']).certificate,
) as [string, string];
const [first, second] = ['il-0000000000000001', 'il-0000000000000002'];
let folder: string;
let certificates: PeerCertificates;
/** What was there in the moment in which it was said that a certificate goes. */
let lost: string[];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'peer-certificates-'));
  lost = [];
  certificates = open();
});

function open(): PeerCertificates {
  return new PeerCertificates(folder, async () => {
    lost.push(await readFile(join(folder, `${first}.pem`), 'utf8').catch(() => 'of another trunk'));
  });
}

afterEach(() => rm(folder, { recursive: true }));

/** What OpenSSL finds for a certificate's subject, in its order. */
async function found(certificate: string): Promise<readonly string[]> {
  const contents: string[] = [];
  for (;;) {
    const path = join(folder, `${trunkSubjectHash(certificate)}.${contents.length}`);
    const content = await readFile(path, 'utf8').catch(() => undefined);
    if (content === undefined) return contents;
    contents.push(content);
  }
}

test('a certificate is found by its subject, until it is removed', async () => {
  expect(await certificates.put(first, berlin)).toBe(false);
  expect(await certificates.put(second, lisbon)).toBe(false);
  expect(await found(berlin)).toEqual([berlin]);
  expect(await certificates.list()).toEqual([first, second]);
  expect(await certificates.remove(first)).toBe(true);
  expect(await certificates.remove(first)).toBe(false);
  expect(await found(berlin)).toEqual([]);
  expect(await found(lisbon)).toEqual([lisbon]);
  await certificates.remove(second);
  expect(await readdir(folder)).toEqual([]);
});

test('says when one takes the place of another', async () => {
  await certificates.put(first, berlin);
  expect(await certificates.put(first, berlin)).toBe(false);
  expect(await certificates.put(first, lisbon)).toBe(true);
  expect(await found(berlin)).toEqual([]);
  expect(await found(lisbon)).toEqual([lisbon]);
});

test('it is said before one goes, and of a new one not', async () => {
  await certificates.put(first, berlin);
  expect(lost).toEqual([]);
  await certificates.put(first, lisbon);
  await certificates.remove(first);
  expect(lost).toEqual([berlin, lisbon]);
});

test('of two with the same subject the other one stays', async () => {
  const renewed = makeTrunkCertificate('B'.repeat(43), ['new.example']).certificate;
  await certificates.put(first, berlin);
  await certificates.put(second, renewed);
  expect(await found(berlin)).toEqual([berlin, renewed]);
  await certificates.remove(first);
  expect(await found(berlin)).toEqual([renewed]);
});

test('knows after a restart what it has', async () => {
  await certificates.put(first, berlin);
  const restarted = open();
  expect(await restarted.list()).toEqual([first]);
  expect(await restarted.put(first, berlin)).toBe(false);
  await restarted.remove(first);
  expect(await readdir(folder)).toEqual([]);
});

test('mends the links after a restart', async () => {
  await certificates.put(first, berlin);
  await rm(join(folder, `${trunkSubjectHash(berlin)}.0`));
  await symlink('gone.pem', join(folder, `${trunkSubjectHash(lisbon)}.0`));
  await open().list();
  expect(await found(berlin)).toEqual([berlin]);
  expect(await readdir(folder)).toHaveLength(2);
});
