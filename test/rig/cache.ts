import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { chmod, mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { RigError } from './rig-error.ts';

const LOOK_AGAIN_MS = 200;

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
 * The folder appears whole or not at all: `make` fills a temporary one, which is then renamed. Who wants the same one
 * meanwhile, in this process or another, waits for it. What a killed process left is removed by the next one that
 * makes something.
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

  const release = await claim(target);
  try {
    if (!existsSync(target)) await fill(root, target, make);
  } finally {
    release();
  }
  return target;
}

async function fill(root: string, target: string, make: (folder: string) => Promise<void>): Promise<void> {
  const draft = await newDraft(root);
  try {
    await make(draft);
    await chmod(draft, 0o755);
    await rename(draft, target);
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    throw error;
  }
}

/** Waits for the right to make a folder. Who listens at its abstract socket has it, until the process ends at the latest. */
async function claim(target: string): Promise<() => void> {
  const name = createHash('sha256').update(target).digest('hex');
  for (;;) {
    const server = createServer().unref();
    try {
      await once(server.listen(`\0interlinks-${name}`), 'listening');
      return () => server.close();
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
      await delay(LOOK_AGAIN_MS);
    }
  }
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
