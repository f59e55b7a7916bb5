import { randomBytes } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FailureError } from '../domain/failure.ts';
import { writeWholeFile } from '../files/whole-file.ts';

const tokenForm = /^[A-Za-z0-9_-]{43}$/;

/** The file with the bearer token of the admin API; whoever can read it may administer the system. */
export function tokenFile(dataDir: string): string {
  return join(dataDir, 'admin.token');
}

/**
 * Reads the token of this system: 256 random bits, base64url. Made when there is none, or no whole one, as after a
 * start on a full disk.
 *
 * @throws FailureError `data-dir-unusable`
 */
export async function loadOrCreateToken(dataDir: string): Promise<string> {
  const file = tokenFile(dataDir);
  try {
    await mkdir(dataDir, { recursive: true, mode: 0o700 });
    const known = await readText(file);
    if (tokenForm.test(known)) return known;
    const made = randomBytes(32).toString('base64url');
    await writeWholeFile(file, `${made}\n`, { mode: 0o600 });
    return made;
  } catch (error) {
    throw new FailureError(
      'data-dir-unusable',
      `The token of the admin API cannot be kept in ${file}: ${(error as Error).message}`,
      'The data directory must belong to the user that runs Interlinks, on a disk with free space.',
      error,
    );
  }
}

async function readText(file: string): Promise<string> {
  try {
    return (await readFile(file, 'utf8')).trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
}
