import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { nextRelease } from '../docs/next-release.ts';
import { temporaryFolder } from '../rig/temp-folder.ts';
import { REPOSITORY } from './compose.ts';
import { docker } from './docker.ts';

/** Builds `interlinks/interlinks:next` from the next release. @param archive path of the present one without `.tar.gz` */
export async function buildNextImage(archive: string): Promise<void> {
  const folder = await temporaryFolder('next');
  try {
    const made = await nextRelease(archive, folder);
    await rm(made.replace(/-linux-\w+$/, ''), { recursive: true });
    const dockerfile = join(REPOSITORY, 'docker/interlinks/Dockerfile');
    await docker(
      'build',
      '--quiet',
      '--network',
      'host',
      '--file',
      dockerfile,
      '--tag',
      'interlinks/interlinks:next',
      folder,
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
