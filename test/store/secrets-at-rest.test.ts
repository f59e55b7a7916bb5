import { chmod, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openStore } from '../../src/store/index.ts';
import { engines, failureOf, sealedIn } from './engines.ts';
import { answer, identity, issuedKey, linkId, NOON, redeemer, redemption, secrets } from './samples.ts';

const MARKED = { privateKey: 'MARKED private key', certificateKey: 'MARKED certificate key' };

describe.each(engines)('secrets in $name', ({ use }) => {
  const database = use();
  const keyFile = (): string => join(database.options.dataDir, 'secret.key');

  /** Writes every secret there can be. */
  async function fill(): Promise<void> {
    const store = await database.open();
    await store.identity.create({ ...identity(1), ...MARKED });
    await store.interlinks.addIssuedKey(issuedKey(1));
    await store.interlinks.redeem(linkId(1), redeemer(1));
    await store.interlinks.addRedemption(redemption(2));
    await store.interlinks.completeRedemption(linkId(2), answer(2));
    await store.close();
  }

  async function expectRead(): Promise<void> {
    const store = await database.open();
    expect(await store.identity.load()).toStrictEqual({ ...identity(1), ...MARKED });
    expect(await store.interlinks.secrets(linkId(1))).toStrictEqual(secrets(1));
    const { request, response } = redeemer(1);
    expect(await store.interlinks.issuedPairing(linkId(1))).toMatchObject({
      proofKey: issuedKey(1).proofKey,
      exchange: { request, response },
    });
    const { proofKey, ephemeralKey } = redemption(2);
    expect(await store.interlinks.openRedemptions()).toMatchObject([{ proofKey, ephemeralKey }]);
    await store.close();
  }

  test('are in no dump of it, and there again after a restart', async () => {
    await fill();
    const dump = await database.dump();
    expect(dump).toContain('Office 1');
    expect(dump).not.toContain('MARKED');
    expect(dump).not.toContain(Buffer.from('MARKED').toString('base64url'));
    await expectRead();
  });

  test('the key is 256 bits in a file for this user alone, made once', async () => {
    await fill();
    const { mode } = await stat(keyFile());
    expect(mode & 0o777).toBe(0o600);
    const key = (await readFile(keyFile(), 'utf8')).trim();
    expect(Buffer.from(key, 'base64url')).toHaveLength(32);
    expect(await database.dump()).not.toContain(key);
    await expectRead();
    expect((await readFile(keyFile(), 'utf8')).trim()).toBe(key);
    expect((await readdir(database.options.dataDir)).filter((name) => name.startsWith('secret'))).toEqual([
      'secret.key',
    ]);
  });

  test.each([
    ['missing', 'secret-key-missing', 'Restore that file', async () => await rm(keyFile())],
    [
      'another',
      'secret-key-wrong',
      'Restore that file',
      async () => await writeFile(keyFile(), `${Buffer.alloc(32).toString('base64url')}\n`),
    ],
    ['empty', 'secret-key-wrong', 'Restore that file', async () => await writeFile(keyFile(), '')],
    ['readable for the group', 'secret-key-exposed', 'chmod 600', async () => await chmod(keyFile(), 0o640)],
    ['writable for others', 'secret-key-exposed', 'chmod 600', async () => await chmod(keyFile(), 0o602)],
  ])('a key file that is %s stops the start; nothing is changed or lost', async (_, code, remedy, damage) => {
    await fill();
    const key = await readFile(keyFile());
    await damage();
    const before = await database.dump();
    const files = await readdir(database.options.dataDir);

    const failure = await failureOf(openStore(database.options));

    expect(failure.code).toBe(code);
    expect(failure.message).toContain(keyFile());
    expect(failure.message).not.toContain('\n');
    expect(failure.remedy).toContain(remedy);
    expect(await database.dump()).toBe(before);
    expect(await readdir(database.options.dataDir)).toStrictEqual(files);
    await writeFile(keyFile(), key);
    await chmod(keyFile(), 0o600);
    await expectRead();
  });

  test('put in the place of another are refused', async () => {
    await fill();
    await database.execute('update interlinks set inbound_secret = outbound_secret');
    const store = await database.open();
    await expect(store.interlinks.secrets(linkId(1))).rejects.toThrow('changed from outside');
  });

  test('of a database from before there was a key are sealed at the next start', async () => {
    await (await database.open()).close();
    await database.execute('delete from secret_key');
    await database.execute(
      `insert into system_identity values (1, 'id 1', 'public key 1', 'MARKED private key', 'certificate 1', 'MARKED certificate key')`,
    );
    await database.execute(
      `insert into interlinks (id, name, name_key, role, state, trunk_kind, created_at, inbound_secret, outbound_secret)
       values ('${linkId(1)}', 'Office 1', 'office 1', 'issuer', 'pairing', 'pjsip', ${NOON}, 'MARKED inbound 1', 'MARKED outbound 1')`,
    );

    const store = await database.open();

    expect(await store.identity.load()).toStrictEqual({ ...identity(1), ...MARKED });
    expect(await store.interlinks.secrets(linkId(1))).toStrictEqual(secrets(1));
    await store.close();
    const dump = await database.dump();
    expect(dump).not.toContain('MARKED');
    expect(sealedIn(dump)).toHaveLength(5);
  });
});
