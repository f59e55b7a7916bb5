import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cp, mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { basename, join, relative, resolve } from 'node:path';
import { promisify } from 'node:util';
import { version } from '../src/domain/version.ts';
import { listLicences } from './licences.ts';

/** Builds the release archive and its checksum. Argument: the folder for them; left out: `build`. */

const run = promisify(execFile);
const repository = resolve(import.meta.dirname, '..');
const output = resolve(process.argv[2] ?? join(repository, 'build'));
const name = `interlinks-${version}`;
const archive = `${name}-linux-${process.arch}.tar.gz`;
const root = join(output, name);

const shipped = [
  'README.md',
  'asterisk-config',
  'dialplan',
  'docs',
  'interlinks.example.yaml',
  'monitoring',
  'package.json',
  'src/cli/interlinks',
];
const scripts = ['install.sh', 'backup.sh', 'uninstall.sh', 'interlinks.service'];

/** Of no use at run time; half of the packages' size. */
const unneeded = /\.(map|d\.[cm]?ts)$/;

await rm(root, { recursive: true, force: true });
await mkdir(root, { recursive: true });
await compile();
await buildPage();
const packages = await copyPackages();
for (const path of shipped) await cp(join(repository, path), join(root, path), { recursive: true });
for (const script of scripts) await cp(join(import.meta.dirname, script), join(root, script));
await mkdir(join(root, 'bin'));
await symlink('../src/cli/interlinks', join(root, 'bin/interlinks'));
await symlink('../node_modules/node/bin/node', join(root, 'bin/node'));
await writeFile(join(root, 'LICENCES.txt'), await listLicences(root, packages));
await pack();
await rm(root, { recursive: true });

/** To JavaScript, so that nothing is left to be done at each start. */
async function compile(): Promise<void> {
  const tsc = join(repository, 'node_modules/.bin/tsc');
  await run(tsc, ['--project', join(import.meta.dirname, 'tsconfig.json'), '--outDir', root]);
}

/** Nothing is left to be built where it is installed. */
async function buildPage(): Promise<void> {
  const vite = join(repository, 'node_modules/.bin/vite');
  const folder = join(root, 'build/page');
  await run(vite, ['build', 'src/admin/web', '--outDir', folder, '--emptyOutDir'], { cwd: repository });
}

/** The packages that the service needs, as they are installed here, and Node.js. @returns their folders in the release */
async function copyPackages(): Promise<readonly string[]> {
  const listed = await run('npm', ['ls', '--omit=dev', '--all', '--parseable'], { cwd: repository });
  const [, ...folders] = listed.stdout.trim().split('\n');
  const copied = folders.map((folder) => join(root, relative(repository, folder)));
  for (const [index, folder] of folders.entries()) {
    await cp(folder, copied[index] ?? root, { recursive: true, filter: (path) => !unneeded.test(path) });
  }
  const node = join(root, 'node_modules/node');
  await cp(process.execPath, join(node, 'bin/node'));
  await cp(join(repository, 'node_modules/node/package.json'), join(node, 'package.json'));
  const licence = `node_modules/node/node_modules/node-linux-${process.arch}/LICENSE`;
  await cp(join(repository, licence), join(node, 'LICENSE'));
  return [...copied, node];
}

/** The same files give the same archive: order, times, owners and modes do not depend on the machine. */
async function pack(): Promise<void> {
  const { stdout: committed } = await run('git', ['log', '-1', '--format=%ct'], { cwd: repository });
  const fixed = ['--sort=name', `--mtime=@${committed.trim()}`, '--owner=0', '--group=0', '--numeric-owner'];
  const modes = ['--mode=u=rwX,go=rX', '--format=gnu', '--use-compress-program=gzip -n'];
  await run('tar', [...fixed, ...modes, '-cf', join(output, archive), '-C', output, name]);
  const digest = createHash('sha256')
    .update(await readFile(join(output, archive)))
    .digest('hex');
  await writeFile(join(output, `${archive}.sha256`), `${digest}  ${basename(archive)}\n`);
}
