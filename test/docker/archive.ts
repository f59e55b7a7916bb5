import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { buildRelease } from '../docs/installed.ts';
import { REPOSITORY } from './compose.ts';

/** Builds the release archive where the image of the service is built from. @returns its path without `.tar.gz` */
export async function makeArchive(): Promise<string> {
  const folder = join(REPOSITORY, 'build/image');
  await rm(folder, { recursive: true, force: true });
  return buildRelease(folder);
}
