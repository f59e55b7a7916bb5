import { createHash } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { version } from '../../src/domain/version.ts';
import { run } from '../rig/process.ts';

const next = '0.2.0';

/**
 * Makes the archive of a version to come, which changes the database, from the present one's.
 *
 * @param archive path without `.tar.gz`
 * @returns that of the new one
 */
export async function nextRelease(archive: string, folder: string): Promise<string> {
  await run('tar', ['-xzf', `${archive}.tar.gz`, '-C', folder]);
  const root = join(folder, `interlinks-${next}`);
  await rename(join(folder, `interlinks-${version}`), root);
  await edit(join(root, 'src/domain/version.js'), `'${version}'`, `'${next}'`);
  const migration = "'20990101000000-next': { up: () => Promise.resolve() },\n};";
  await edit(join(root, 'migrations/index.js'), '};', migration);
  // A later version may say more than this one understands.
  await edit(
    join(root, 'src/peer/json.js'),
    'JSON.stringify(value)',
    'JSON.stringify({ ...value, later: 1 })',
  );
  const made = join(folder, `interlinks-${next}-linux-x64`);
  await run('tar', [
    '--owner=0',
    '--group=0',
    '-I',
    'gzip -1',
    '-cf',
    `${made}.tar.gz`,
    '-C',
    folder,
    `interlinks-${next}`,
  ]);
  const digest = createHash('sha256')
    .update(await readFile(`${made}.tar.gz`))
    .digest('hex');
  await writeFile(`${made}.tar.gz.sha256`, `${digest}  interlinks-${next}-linux-x64.tar.gz\n`);
  return made;
}

async function edit(file: string, from: string, to: string): Promise<void> {
  const text = await readFile(file, 'utf8');
  if (!text.includes(from)) throw new Error(`${file} has no ${from}`);
  await writeFile(file, text.replace(from, to));
}
