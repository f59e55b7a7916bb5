import { access, constants, readFile, realpath, rename, stat } from 'node:fs/promises';
import { FailureError } from '../domain/failure.ts';
import { writeWholeFile } from '../files/whole-file.ts';

/**
 * Puts new content in place of a file's: either all of it is there, also after a power cut, or the old content is.
 * Owner and mode stay; of a symbolic link the target is replaced.
 *
 * @param isAsRead tells from the present bytes whether the file is still the one that the new content was made from
 * @returns false when it is not; nothing was changed then
 * @throws {FailureError} `config-unwritable`; nothing was changed
 */
export async function replaceFile(
  file: string,
  content: string,
  isAsRead: (bytes: Buffer) => boolean,
): Promise<boolean> {
  try {
    const target = await realpath(file);
    await access(target, constants.W_OK);
    const { mode, uid, gid } = await stat(target);
    let replaced = false;
    const place = async (draft: string): Promise<void> => {
      // As late as can be: what an editor saved meanwhile must not be lost.
      if (!isAsRead(await readFile(target))) return;
      await rename(draft, target);
      replaced = true;
    };
    await writeWholeFile(target, content, { mode: mode & 0o7777, owner: { uid, gid }, place });
    return replaced;
  } catch (error) {
    const remedy = 'Nothing was changed; let the service write the file and its directory, or edit the file';
    throw new FailureError('config-unwritable', `${file} ${unwritable(error)}`, remedy, error);
  }
}

/** Why a file cannot be replaced, in plain words. */
export function unwritable(error: unknown): string {
  switch (error instanceof Error && 'code' in error ? error.code : undefined) {
    case 'EACCES':
    case 'EPERM':
      return 'or its directory may not be written by the service, or the owner of the file could not be kept';
    case 'EROFS':
      return 'is on a read-only file system';
    case 'EBUSY':
      return 'is mounted by itself, so that it cannot be replaced; mount its directory instead';
    case 'ENOSPC':
    case 'EDQUOT':
      return 'cannot be written: the disk is full';
    case 'ENOENT':
      return 'does not exist';
    default:
      return 'cannot be written';
  }
}
