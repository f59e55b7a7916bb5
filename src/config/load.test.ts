import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { FailureError } from '../domain/failure.ts';
import { minimal } from './testing/fixture.ts';
import { ConfigInvalidError, loadConfig, parseSource, readSource } from './load.ts';
import { unreadable } from './secrets.ts';
import { maxBytes } from './yaml-source.ts';

let folder: string;
let file: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'interlinks-config-'));
  file = join(folder, 'interlinks.yaml');
});

afterEach(async () => rm(folder, { recursive: true }));

const passwords = { INTERLINKS_ARI_PASSWORD: 'from-env', INTERLINKS_AMI_PASSWORD: 'ami' };
const withAriFile = `${minimal}asterisk: { ari: { passwordFile: ari.secret } }\n`;

/** Loads a file with this content, and secrets beside it. */
async function load(text: string | Uint8Array, env = {}, secrets: Readonly<Record<string, string>> = {}) {
  await writeFile(file, text);
  for (const [name, secret] of Object.entries(secrets)) await writeFile(join(folder, name), secret);
  return loadConfig(file, env);
}

async function failureOf(loading: Promise<unknown>): Promise<FailureError> {
  const error: unknown = await loading.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof FailureError)) throw new Error('no failure', { cause: error });
  return error;
}

async function problemsOf(loading: Promise<unknown>): Promise<string[]> {
  const error = await failureOf(loading);
  if (!(error instanceof ConfigInvalidError)) throw error;
  return error.problems.map(({ line, column, path, message }) => `${line}:${column} ${path} | ${message}`);
}

describe('a good file', () => {
  test('gives configuration, secrets and warnings', async () => {
    const text = minimal.replace('numbers: []', 'numbers: [{ number: "112", ring: [PJSIP/1] }]');
    const loaded = await load(text, passwords);
    expect(loaded).toMatchObject({
      file,
      config: { system: { name: 'Berlin' } },
      warnings: [{ file, line: 3 }],
    });
    expect(loaded.secrets.ariPassword.reveal()).toBe('from-env');
    expect(loaded.secrets).toMatchObject({ databasePassword: undefined });
  });

  test('may begin with a byte order mark', async () => {
    await expect(load(`\uFEFF${minimal}`, passwords)).resolves.toBeDefined();
  });
});

test('a file is read without its secrets by those who need none', async () => {
  await writeFile(file, withAriFile);
  const read = parseSource(await readSource(file));
  expect(read).toMatchObject({
    file,
    config: { system: { name: 'Berlin' } },
    warnings: [],
  });
  expect(read).not.toHaveProperty('secrets');
  await writeFile(file, '');
  const empty = await readSource(file);
  expect(() => parseSource(empty)).toThrow(ConfigInvalidError);
});

describe('secrets', () => {
  const everything = `${minimal}\
asterisk:
  ari: { passwordFile: ari.secret }
  ami: { passwordFile: ami.secret }
database: { url: "postgres://db/x", passwordFile: db.secret }
`;

  test('come from files beside the configuration, without their last line end', async () => {
    const { secrets } = await load(
      everything,
      {},
      { 'ari.secret': ' a \n', 'ami.secret': 'b\r\n', 'db.secret': 'c' },
    );
    expect(secrets.ariPassword.reveal()).toBe(' a ');
    expect(secrets.amiPassword.reveal()).toBe('b');
    expect(secrets.databasePassword?.reveal()).toBe('c');
  });

  test('come from the environment first, and files are then not read', async () => {
    const { secrets } = await load(everything, {
      INTERLINKS_ARI_PASSWORD: 'a',
      INTERLINKS_AMI_PASSWORD: 'b',
      INTERLINKS_DATABASE_PASSWORD: 'c',
    });
    expect(secrets.ariPassword.reveal()).toBe('a');
    expect(secrets.amiPassword.reveal()).toBe('b');
    expect(secrets.databasePassword?.reveal()).toBe('c');
  });

  test('are not taken from an empty variable', async () => {
    const { secrets } = await load(
      withAriFile,
      { ...passwords, INTERLINKS_ARI_PASSWORD: '' },
      { 'ari.secret': 'a' },
    );
    expect(secrets.ariPassword.reveal()).toBe('a');
  });

  test('are needed for Asterisk, not for a database', async () => {
    const text = `${minimal}asterisk: { ari: {} }\ndatabase: { url: "postgres://db/x" }\n`;
    expect(await problemsOf(load(text))).toEqual([
      '4:13 asterisk.ari.passwordFile | There is no password for asterisk.ari',
      '4:1 asterisk.ami.passwordFile | There is no password for asterisk.ami',
    ]);
    const { secrets } = await load(text, passwords);
    expect(secrets.databasePassword).toBeUndefined();
  });

  test('that are missing, empty or too long are told at their key', async () => {
    expect(await problemsOf(load(everything, {}, { 'ami.secret': '\n', 'db.secret': 'a\nb\n' }))).toEqual([
      `5:24 asterisk.ari.passwordFile | "${join(folder, 'ari.secret')}" does not exist`,
      `6:24 asterisk.ami.passwordFile | "${join(folder, 'ami.secret')}" is empty`,
      `7:51 database.passwordFile | "${join(folder, 'db.secret')}" holds more than one line`,
    ]);
  });

  test('cannot be a directory', async () => {
    const text = withAriFile.replace('ari.secret', '.');
    expect(await problemsOf(load(text, { INTERLINKS_AMI_PASSWORD: 'ami' }))).toEqual([
      `4:34 asterisk.ari.passwordFile | "${folder}" is a directory`,
    ]);
  });

  test('with control characters are refused wherever they come from', async () => {
    expect(
      await problemsOf(load(minimal, { ...passwords, INTERLINKS_ARI_PASSWORD: 'a\r\nAction: Logoff' })),
    ).toEqual(['1:1 asterisk.ari.passwordFile | INTERLINKS_ARI_PASSWORD holds more than one line']);
  });
});

describe('a bad file', () => {
  test('is told with its first problem; all are in the error', async () => {
    const error = await failureOf(load(`${minimal}dataDir:\nlog: { level: loud }\nfoo: 1\n`, passwords));
    expect(error.failure).toEqual({
      code: 'config-invalid',
      message:
        `${file}:4:1: dataDir has no value. ` +
        'Write a value after it, like /var/lib/interlinks; or remove the key (and 2 more)',
      remedy: 'Correct the file; "interlinks check" lists every problem',
    });
    expect(error.message).toBe(error.failure.message);
    expect(error).toBeInstanceOf(ConfigInvalidError);
    expect(error).toHaveProperty('problems.length', 3);
  });

  test('with one problem says nothing of more', async () => {
    const error = await failureOf(load('', passwords));
    expect(error.message).toBe(`${file}:1:1: The file is empty. Start from interlinks.example.yaml`);
  });

  test('is not in UTF-8', async () => {
    expect(await problemsOf(load(new Uint8Array([0xff, 0xfe, 0x61, 0x00])))).toEqual([
      '1:1  | The file is not UTF-8 text',
    ]);
  });

  test('is too large', async () => {
    expect(await problemsOf(load(new Uint8Array(maxBytes + 1).fill(0x23)))).toEqual([
      '1:1  | The file is larger than 8 MiB',
    ]);
  });
});

describe('a file that cannot be read', () => {
  test.each([
    ['nothing.yaml', 'does not exist'],
    ['.', 'is a directory'],
  ])('%s %s', async (name, reason) => {
    const path = join(folder, name);
    expect((await failureOf(loadConfig(path, passwords))).failure).toEqual({
      code: 'config-unreadable',
      message: `${path} ${reason}`,
      remedy: 'Name the configuration file of Interlinks, and let this user read it',
    });
  });

  test('for want of rights', () => {
    // By the code alone: root, as whom tests run, may read everything.
    expect(unreadable(Object.assign(new Error('x'), { code: 'EACCES' }))).toBe(
      'may not be read by this user',
    );
  });
});
