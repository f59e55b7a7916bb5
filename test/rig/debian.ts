import { createHash } from 'node:crypto';
import { glob, mkdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { z } from 'zod';
import { openApt, type AptPackage, type Suite } from './apt.ts';
import { cached } from './cache.ts';
import { run } from './process.ts';
import { RigError } from './rig-error.ts';
import { TOOLSETS, type Toolset, type ToolsetName } from './toolsets.ts';

/** A folder with programs of Debian and every library they need, in use beside whatever the machine has. */
export interface Tools {
  /** Where the packages are unpacked: `usr/…` is below it. */
  readonly root: string;
  /** Version of the set's first package, for example `1:22.10.1+dfsg-1`. */
  readonly version: string;
  /**
   * Path of a program by its name, to be started like any other: it brings its own loader and libraries.
   *
   * @throws {RigError} when the set has no such program
   */
  executable(name: string): string;
}

const MANIFEST_FILE = 'manifest.json';
const MANIFEST = z.object({ version: z.string(), executables: z.array(z.string()) });

/**
 * Gives a set of programs, fetched from the machine's own Debian mirror when they are not in the cache yet (then it
 * says so on standard error; needs neither root nor Docker). From the cache it takes a few milliseconds and no network.
 *
 * @throws {RigError} when the machine is not Debian, the mirror cannot be reached, or the cache cannot be written
 */
export async function fetchTools(name: ToolsetName): Promise<Tools> {
  const toolset: Toolset = TOOLSETS[name];
  const folder = await cached(`${name}-${process.arch}-${fingerprint(toolset)}`, (draft) =>
    fill(toolset, draft),
  );
  const manifest = MANIFEST.parse(JSON.parse(await readFile(join(folder, MANIFEST_FILE), 'utf8')));
  const root = join(folder, 'root');
  return {
    root,
    version: manifest.version,
    executable: (program) => {
      const path = manifest.executables.find((candidate) => candidate.endsWith(`/${program}`));
      if (path === undefined)
        throw new RigError(`${toolset.title} has no program ${program}`, 'see toolsets.ts');
      return join(root, path);
    },
  };
}

/** Changes whenever the recipe does, so that a cache made by another recipe is not used. */
function fingerprint(toolset: Toolset): string {
  const recipe = JSON.stringify(toolset, (_key, value: unknown) =>
    value instanceof RegExp ? value.source : value,
  );
  return createHash('sha256').update(recipe).digest('hex').slice(0, 12);
}

async function fill(toolset: Toolset, draft: string): Promise<void> {
  const started = performance.now();
  const aptFolder = join(draft, 'apt');
  const root = join(draft, 'root');
  for (const folder of [aptFolder, root]) await mkdir(folder);
  const { suite = 'sid' } = toolset;
  const apt = await openApt(aptFolder, suite);

  const packages = await apt.resolve(toolset.packages, toolset.unneeded);
  const version = packages.find(({ name }) => name === toolset.packages[0])?.version ?? 'unknown';
  announce(toolset, suite, version, packages);
  await apt.unpack(toolset.packages, root);
  let missing = await missingLibraries(toolset, root);
  if (missing.length > 0) {
    await apt.resolve(toolset.packages, []);
    await apt.unpack(toolset.packages, root);
    missing = await missingLibraries(toolset, root);
  }
  if (missing.length > 0) {
    throw new RigError(
      `${toolset.title} of Debian ${suite} lacks ${missing.join(', ')}`,
      'the suite may be in the middle of a transition: try again later',
    );
  }

  const executables = await paths(root, toolset.executables);
  const own = await loaderOf(toolset, root);
  const start = toolset.knowsItself === true ? STARTED : await loadedBy(join(root, own.loader));
  if (toolset.knowsItself === true) await symlink(own.loader, join(root, INTERPRETER));
  for (const path of executables) {
    if (toolset.knowsItself === true) await pointToLoader(join(root, path));
    await wrap(root, path, start, own);
  }
  const manifest: z.infer<typeof MANIFEST> = { version, executables };
  await writeFile(join(draft, MANIFEST_FILE), JSON.stringify(manifest));
  await rm(aptFolder, { recursive: true });
  process.stderr.write(`Fetched ${toolset.title}: ${Math.round((performance.now() - started) / 1000)} s\n`);
}

function announce(toolset: Toolset, suite: Suite, version: string, packages: readonly AptPackage[]): void {
  const megabytes = packages.reduce((sum, { bytes }) => sum + bytes, 0) / 1e6;
  const short = version.replace(/^\d+:/, '').replace(/[-+].*/, '');
  process.stderr.write(
    `Fetching ${toolset.title} ${short} from Debian ${suite}: ${megabytes.toFixed(0)} MB\n`,
  );
}

async function paths(root: string, patterns: readonly string[]): Promise<string[]> {
  return (await Array.fromAsync(glob([...patterns], { cwd: root }))).toSorted();
}

/** The loader of the root and the folders with its libraries, relative to the root. */
interface Loader {
  readonly loader: string;
  readonly libraries: readonly string[];
}

async function loaderOf(toolset: Toolset, root: string): Promise<Loader> {
  const [path] = await paths(root, ['usr/lib/*/ld-linux*.so.*']);
  if (path === undefined)
    throw new RigError('The fetched packages have no ld-linux', 'is this a supported CPU?');
  return { loader: path, libraries: [dirname(path), ...(await paths(root, toolset.libraries ?? []))] };
}

/** Asks the root's own loader what the set's files need, and gives what is not in the root. */
async function missingLibraries(toolset: Toolset, root: string): Promise<string[]> {
  const own = await loaderOf(toolset, root);
  const missing = new Set<string>();
  for (const file of await paths(root, [...toolset.executables, ...toolset.plugins])) {
    const listed = await run(join(root, own.loader), [
      '--inhibit-cache',
      '--library-path',
      own.libraries.map((folder) => join(root, folder)).join(':'),
      '--list',
      join(root, file),
    ]).catch((error: unknown) => String(error));
    for (const line of listed.split('\n')) {
      const [, library, path] = /^\s*(\S+) => (\S+)/.exec(line) ?? [];
      if (library !== undefined && path?.startsWith(root) === false) missing.add(library);
      const unopened = /error while loading shared libraries: (\S+):/.exec(line)?.[1];
      if (unopened !== undefined) missing.add(unopened);
    }
  }
  return [...missing];
}

/** What a script says to run `"$0.elf"`, with `$root`, `$loader` and `$libraries` set. */
async function loadedBy(loader: string): Promise<string> {
  // glibc has it since 2.33; without it the program takes the name of its file, with `.elf`, for its own.
  const renames = await run(loader, ['--argv0', 'true', '--version']).then(Boolean, () => false);
  const name = renames ? '--argv0 "$0" ' : '';
  return `exec "$loader" --inhibit-cache --library-path "$libraries" ${name}"$0.elf" "$@"`;
}
const STARTED = 'cd "$root" && LD_LIBRARY_PATH="$libraries" exec "$0.elf" "$@"';

/**
 * Puts a script in the place of a program that runs it with the root's loader and libraries. Programs that start one
 * another (initdb starts postgres) work that way too, and the root may be moved.
 */
async function wrap(root: string, path: string, start: string, own: Loader): Promise<void> {
  const file = join(root, path);
  const up = relative(dirname(path), '.');
  await rename(file, `${file}.elf`);
  const libraries = own.libraries.map((folder) => `$root/${folder}`).join(':');
  const lines = [
    '#!/bin/sh',
    `root="\${0%/*}/${up}"`,
    `loader="$root/${own.loader}"`,
    `libraries="${libraries}"`,
  ];
  await writeFile(file, [...lines, start, ''].join('\n'), { mode: 0o755 });
}

const INTERPRETER = 'ld.so';

/**
 * Makes the kernel start a program with the root's loader, which a relative name leads to: started by the loader, the
 * program would take the loader's path for its own.
 */
async function pointToLoader(file: string): Promise<void> {
  const content = await readFile(file);
  const [known] = /\/lib\d*\/ld-linux[^\0]*\0/.exec(content.subarray(0, 4096).toString('latin1')) ?? [];
  if (known === undefined) throw new RigError(`${file} names no loader`, 'is this a supported CPU?');
  content.write(INTERPRETER.padEnd(known.length, '\0'), content.indexOf(known), 'latin1');
  await writeFile(file, content);
}
