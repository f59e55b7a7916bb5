import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The file with the bearer token of the admin API; whoever can read it may administer the system. */
export function tokenFile(dataDir: string): string {
  return join(dataDir, 'admin.token');
}

/** Reads the token of this system, made at the first start: 256 random bits, base64url. */
export async function loadOrCreateToken(dataDir: string): Promise<string> {
  const file = tokenFile(dataDir);
  const made = randomBytes(32).toString('base64url');
  try {
    await writeFile(file, `${made}\n`, { flag: 'wx', mode: 0o600 });
    return made;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return (await readFile(file, 'utf8')).trim();
  }
}

/** Whether an Authorization header carries the token; takes the same time whatever it carries. */
export function carriesToken(authorization: string | undefined, token: string): boolean {
  const given = /^Bearer ([A-Za-z0-9_-]+)$/.exec(authorization ?? '')?.[1] ?? '';
  return timingSafeEqual(digest(given), digest(token));
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
