import { chmod, mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { RigError } from './rig-error.ts';

/**
 * The folder that keeps what was fetched: `$INTERLINKS_CACHE`; for root `/var/cache/interlinks`, which other users
 * can read; else `$XDG_CACHE_HOME/interlinks` or `~/.cache/interlinks`.
 */
export function cacheFolder(): string {
  const { INTERLINKS_CACHE, XDG_CACHE_HOME } = process.env;
  if (INTERLINKS_CACHE) return INTERLINKS_CACHE;
  if (process.getuid?.() === 0) return '/var/cache/interlinks';
  return join(XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'interlinks');
}

/**
 * Gives a folder of the cache, and makes it when it is missing.
 *
 * The folder appears whole or not at all: `make` fills a temporary one, which is then renamed. When two processes make
 * the same one, the first wins and both use it. What a killed process left is removed by the next one that makes
 * something.
 *
 * @param name the folder's name in the cache
 * @param make fills the empty folder it is given
 * @returns the folder's absolute path
 * @throws {RigError} when the cache cannot be written, and whatever `make` throws
 */
export async function cached(name: string, make: (folder: string) => Promise<void>): Promise<string> {
  const root = cacheFolder();
  const target = join(root, name);
  if (existsSync(target)) return target;

  const draft = await newDraft(root);
  try {
    await make(draft);
    await chmod(draft, 0o755);
    await rename(draft, target);
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    if (!existsSync(target)) throw error;
  }
  return target;
}

const DRAFT = /^draft-(\d+)-/;

async function newDraft(root: string): Promise<string> {
  try {
    await mkdir(root, { recursive: true, mode: 0o755 });
    const draft = await mkdtemp(join(root, `draft-${process.pid}-`));
    await removeAbandonedDrafts(root);
    return draft;
  } catch (error) {
    throw new RigError(
      `Cannot write to the cache ${root}: ${String(error)}`,
      'set INTERLINKS_CACHE to another folder',
    );
  }
}

async function removeAbandonedDrafts(root: string): Promise<void> {
  for (const name of await readdir(root)) {
    const pid = Number(DRAFT.exec(name)?.[1] ?? process.pid);
    if (!isAlive(pid)) await rm(join(root, name), { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
