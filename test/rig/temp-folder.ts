import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Makes an empty folder of one's own below the system's folder for temporary files. Paths stay short enough for
 * sockets in it, and have nothing in them that configuration files take for something else.
 */
export function temporaryFolder(purpose: string): Promise<string> {
  const plain = purpose.replaceAll(/[^\w-]+/g, '-');
  return mkdtemp(join(tmpdir(), `interlinks-${plain}-`));
}
