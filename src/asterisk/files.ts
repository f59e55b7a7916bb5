import { chmod, mkdir, open, rename } from 'node:fs/promises';

/**
 * Puts a file in the place of another one, so that Asterisk, or who comes after a crash, reads either all of the new
 * one or all of the old one.
 *
 * @param mode permissions, such as 0o640; the group is the folder's where that has the setgid bit
 */
export async function replaceFile(path: string, content: string, mode: number): Promise<void> {
  const draft = `${path}.new`;
  const file = await open(draft, 'w', mode);
  try {
    await file.writeFile(content);
    await file.chmod(mode);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(draft, path);
}

const folderMode = 0o750;

/** Makes a folder that its group can read, whatever the umask, unless it is there; those above it as well. */
export async function makeFolder(path: string): Promise<void> {
  const made = await mkdir(path, { recursive: true, mode: folderMode });
  if (made !== undefined) await chmod(path, folderMode);
}
