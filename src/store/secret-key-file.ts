import { randomBytes } from 'node:crypto';
import { link, mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';
import { FailureError } from '../domain/failure.ts';
import { writeWholeFile } from '../files/whole-file.ts';

const keyBytes = 32;
const keyForm = /^[A-Za-z0-9_-]{43}$/;
const othersMode = 0o077;

/** The file with the key to the secrets in the database. */
function secretKeyFile(dataDir: string): string {
  return join(dataDir, 'secret.key');
}

/**
 * Reads the key.
 * @returns undefined when there is no file
 * @throws FailureError `secret-key-exposed`, `secret-key-wrong`, `data-dir-unusable`
 */
export async function readSecretKey(dataDir: string): Promise<Uint8Array | undefined> {
  const path = secretKeyFile(dataDir);
  const file = await open(path, 'r').catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw unusable(path, error);
  });
  if (file === undefined) return undefined;
  try {
    const { mode } = await file.stat();
    if ((mode & othersMode) !== 0) throw exposed(path);
    const text = (await file.readFile('latin1')).trim();
    const key = Buffer.from(text, 'base64url');
    if (!keyForm.test(text) || key.length !== keyBytes) throw wrongSecretKey(dataDir);
    return new Uint8Array(key);
  } finally {
    await file.close();
  }
}

/**
 * Makes a key: 256 random bits in a file for this user alone. It is there whole or not at all, and never replaces
 * another.
 * @throws FailureError `data-dir-unusable`
 */
export async function createSecretKey(dataDir: string): Promise<Uint8Array> {
  const path = secretKeyFile(dataDir);
  const key = randomBytes(keyBytes);
  try {
    await mkdir(dataDir, { recursive: true, mode: 0o700 });
    await writeWholeFile(path, `${key.toString('base64url')}\n`, { mode: 0o600, place: link });
  } catch (error) {
    throw unusable(path, error);
  }
  return new Uint8Array(key);
}

/** What there is to say when the key is not the one that the database was written with. */
export function wrongSecretKey(dataDir: string): FailureError {
  return new FailureError(
    'secret-key-wrong',
    `${secretKeyFile(dataDir)} is not the key that the secrets in the database were encrypted with`,
    'Restore that file from the backup that belongs to this database; nothing was changed.',
  );
}

/** What there is to say when a database with secrets has lost its key. */
export function missingSecretKey(dataDir: string): FailureError {
  return new FailureError(
    'secret-key-missing',
    `${secretKeyFile(dataDir)} is missing, and without it the secrets in the database cannot be read`,
    'Restore that file from the backup of the data directory; nothing was changed.',
  );
}

function exposed(path: string): FailureError {
  return new FailureError(
    'secret-key-exposed',
    `${path} can be read or changed by other users`,
    `Run: chmod 600 ${path}`,
  );
}

function unusable(path: string, error: unknown): FailureError {
  return new FailureError(
    'data-dir-unusable',
    `${path} cannot be used: ${error instanceof Error ? error.message : String(error)}`,
    'It must belong to the user that runs Interlinks, on a disk with free space.',
    error,
  );
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
