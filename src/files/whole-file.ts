import { open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { Exclusive } from '../domain/exclusive.ts';

export interface WholeFileOptions {
  /** Permissions, such as 0o640, whatever the umask. */
  readonly mode: number;
  /** Left out: the user that writes it; the group is the folder's where that has the setgid bit. */
  readonly owner?: { readonly uid: number; readonly gid: number };
  /** Brings the finished draft to its place. Left out: it takes the place of what is there. */
  readonly place?: (draft: string, path: string) => Promise<void>;
}

/** By path, since all writes of one path use one draft. */
const writes = new Exclusive();

/**
 * Writes a file so that who reads it finds either all of the new one or what was there before, also after a crash or a
 * power cut. When it returns, the new one lasts. What a crash has left of a draft is gone with the next write.
 */
export async function writeWholeFile(
  path: string,
  content: string,
  options: WholeFileOptions,
): Promise<void> {
  await writes.run(path, () => write(path, content, options));
}

async function write(
  path: string,
  content: string,
  { mode, owner, place = rename }: WholeFileOptions,
): Promise<void> {
  const folder = dirname(path);
  const draft = join(folder, `.${basename(path)}.new`);
  await rm(draft, { force: true });
  try {
    const file = await open(draft, 'wx', 0o600);
    try {
      await file.writeFile(content);
      const made = await file.stat();
      if (owner !== undefined && (made.uid !== owner.uid || made.gid !== owner.gid))
        await file.chown(owner.uid, owner.gid);
      await file.chmod(mode);
      await file.sync();
    } finally {
      await file.close();
    }
    await place(draft, path);
  } finally {
    await rm(draft, { force: true });
  }
  await syncFolder(folder);
}

/** Makes what was created, renamed or deleted in a folder last. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
