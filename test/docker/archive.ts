import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '../rig/process.ts';
import { REPOSITORY } from './compose.ts';

/** Builds the release archive where the image of the service is built from. */
export async function makeArchive(): Promise<void> {
  const folder = join(REPOSITORY, 'build/image');
  await rm(folder, { recursive: true, force: true });
  await run(process.execPath, [join(REPOSITORY, 'packaging/release.ts'), folder]);
}
