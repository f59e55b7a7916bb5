import { existsSync } from 'node:fs';
import { cp, lstat, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from './process.ts';
import { RigError } from './rig-error.ts';

/** Debian's suites that the rig's parts come from, each with what is added to the mirror's address. */
const SUITES = {
  /** The only one that has Asterisk 22. */
  sid: [['', 'sid']],
  /** The last one before it that has Asterisk, 16.28. */
  bullseye: [
    ['', 'bullseye'],
    ['-security', 'bullseye-security'],
  ],
} as const;

export type Suite = keyof typeof SUITES;

const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';
const NO_APT = 'this needs a Debian machine with apt and dpkg; elsewhere use `make rig` with containers';

/** A package that apt would fetch. */
export interface AptPackage {
  readonly name: string;
  readonly version: string;
  readonly bytes: number;
}

/** An apt of its own: it shares neither sources nor state nor locks with the machine's, and needs no root. */
export interface PrivateApt {
  /**
   * Resolves packages with all they depend on, recommended ones left out.
   *
   * @param packages names to install into an empty system
   * @param unneeded dependencies to leave out, with all that only they need
   */
  resolve(packages: readonly string[], unneeded: readonly RegExp[]): Promise<AptPackage[]>;
  /** Downloads what `resolve` gave last, checked against the archive's signature, and unpacks it into `root`. */
  unpack(packages: readonly string[], root: string): Promise<void>;
}

/**
 * Sets up an apt in `folder` for the machine's own Debian mirror, and fetches the package index of a suite (11 MB).
 *
 * @throws {RigError} no apt on this machine, no Debian mirror configured, or the mirror cannot be reached
 */
export async function openApt(folder: string, suite: Suite): Promise<PrivateApt> {
  const mirror = await debianMirror();
  const status = join(folder, 'status');
  const env = { APT_CONFIG: join(folder, 'apt.conf'), LC_ALL: 'C' };
  for (const part of ['lists/partial', 'cache/archives/partial', 'empty']) {
    await mkdir(join(folder, part), { recursive: true });
  }
  const signedBy = existsSync(KEYRING) ? `[signed-by=${KEYRING}] ` : '';
  const sources = SUITES[suite].map(([part, name]) => `deb ${signedBy}${mirror}${part} ${name} main\n`);
  await writeFile(join(folder, 'sources.list'), sources.join(''));
  await writeFile(join(folder, 'apt.conf'), await aptConf(folder));
  await writeFile(status, '');

  const apt = (...args: string[]) => run('apt-get', ['-q', '-y', ...args], { env });
  await apt('update', '-o', 'APT::Update::Error-Mode=any').catch((error: unknown) => {
    const why = /^[EW]: (.*)$/m.exec(String(error))?.[1] ?? String(error);
    throw new RigError(
      `The Debian mirror ${mirror} gives no package index: ${why}`,
      'check the network, then repeat',
    );
  });
  const resolve = async (packages: readonly string[]) =>
    parsePrintedUris(await apt('install', '--print-uris', ...packages));

  return {
    resolve: async (packages, unneeded) => {
      await writeFile(status, '');
      const all = await resolve(packages);
      const skipped = all.filter(({ name }) => unneeded.some((pattern) => pattern.test(name)));
      if (skipped.length === 0) return all;
      await writeFile(status, standIn(skipped));
      return resolve(packages);
    },
    unpack: async (packages, root) => {
      await apt('install', '--download-only', ...packages);
      const archives = join(folder, 'cache/archives');
      for (const name of await readdir(archives)) {
        if (name.endsWith('.deb')) await run('dpkg-deb', ['--extract', join(archives, name), root]);
      }
      await mergeUsr(root);
    },
  };
}

/** Packages of older suites have some libraries, and the loader, outside `usr`. */
async function mergeUsr(root: string): Promise<void> {
  const outside = join(root, 'lib');
  // A symbolic link where base-files is among the packages: merged already.
  if (!(await lstat(outside).catch(() => undefined))?.isDirectory()) return;
  await cp(outside, join(root, 'usr/lib'), { recursive: true, verbatimSymlinks: true });
  await rm(outside, { recursive: true });
}

/** The mirror as apt itself understands the machine's sources, whatever format they are written in. */
async function debianMirror(): Promise<string> {
  for (const tool of ['apt-get', 'dpkg-deb']) {
    await run(tool, ['--version']).catch(() => {
      throw new RigError(`${tool} is not installed`, NO_APT);
    });
  }
  const printed = await run('apt-get', ['-o', 'Debug::NoLocking=1', '--print-uris', 'update']);
  const uris = [...printed.matchAll(/^'(\S+?)\/dists\/\S+\/InRelease'/gm)].map((match) => match[1] ?? '');
  const mirror = uris.find((uri) => uri.endsWith('/debian')) ?? uris.find((uri) => uri.includes('/debian/'));
  if (mirror === undefined) {
    throw new RigError(
      "apt's sources have no Debian mirror",
      'add one to /etc/apt/sources.list.d: its address ends in /debian',
    );
  }
  return mirror;
}

async function aptConf(folder: string): Promise<string> {
  const machine = await run('apt-config', ['dump']);
  const network = machine
    .split('\n')
    .filter((line) => /^Acquire::(https?|Retries|ForceIPv[46])\b/.test(line));
  return [
    ...network,
    `Dir::State "${folder}";`,
    `Dir::State::Lists "${folder}/lists";`,
    `Dir::State::status "${folder}/status";`,
    `Dir::State::extended_states "${folder}/extended_states";`,
    `Dir::Cache "${folder}/cache";`,
    `Dir::Etc::SourceList "${folder}/sources.list";`,
    `Dir::Etc::SourceParts "${folder}/empty";`,
    `Dir::Etc::Parts "${folder}/empty";`,
    `Dir::Etc::Main "${folder}/empty/apt.conf";`,
    `Dir::Etc::Preferences "${folder}/empty/preferences";`,
    `Dir::Etc::PreferencesParts "${folder}/empty";`,
    'APT::Sandbox::User "";',
    'APT::Install-Recommends "false";',
    'Acquire::Check-Valid-Until "false";',
    'Acquire::Languages "none";',
    'Debug::NoLocking "true";',
    '',
  ].join('\n');
}

/** Reads lines such as `'http://…' libc6_2.43-7_amd64.deb 1866392 SHA256:…`. */
function parsePrintedUris(text: string): AptPackage[] {
  return [...text.matchAll(/^'\S+' (\S+)_(\S+)_\S+\.deb (\d+)/gm)].map(
    ([, name = '', version = '', bytes]) => ({
      name,
      version: decodeURIComponent(version),
      bytes: Number(bytes),
    }),
  );
}

/** A package in dpkg's status file that stands in for all of these: apt is content with it and fetches none of them. */
function standIn(packages: readonly AptPackage[]): string {
  return [
    'Package: interlinks-rig',
    'Status: install ok installed',
    'Architecture: all',
    'Multi-Arch: foreign',
    'Maintainer: none',
    'Version: 1',
    `Provides: ${packages.map(({ name, version }) => `${name} (= ${version})`).join(', ')}`,
    'Description: stands in for what is not needed',
    '',
  ].join('\n');
}
