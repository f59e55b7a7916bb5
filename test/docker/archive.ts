import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { version } from '../../src/domain/version.ts';
import { run } from '../rig/process.ts';
import { REPOSITORY } from './compose.ts';

/** Builds the release archive where the image of the service is built from. @returns its path without `.tar.gz` */
export async function makeArchive(): Promise<string> {
  const folder = join(REPOSITORY, 'build/image');
  await rm(folder, { recursive: true, force: true });
  await run(process.execPath, [join(REPOSITORY, 'packaging/release.ts'), folder]);
  return join(folder, `interlinks-${version}-linux-${process.arch}`);
}
