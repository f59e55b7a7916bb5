import { chmod, mkdir } from 'node:fs/promises';

const mode = 0o750;

/** Makes a folder that its group can read, whatever the umask, unless it is there; those above it as well. */
export async function makeFolder(path: string): Promise<void> {
  const made = await mkdir(path, { recursive: true, mode });
  if (made !== undefined) await chmod(path, mode);
}
