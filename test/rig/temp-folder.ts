import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Makes an empty folder of one's own below the system's folder for temporary files. Paths stay short enough for
 * sockets in it.
 */
export function temporaryFolder(purpose: string): Promise<string> {
  return mkdtemp(join(tmpdir(), `interlinks-${purpose}-`));
}
