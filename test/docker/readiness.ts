import { buildImages, RIG, type Rig } from './compose.ts';
import { docker, dockerWithin } from './docker.ts';

/** Images that all others are built on: of a registry, or made by docker/engine.sh. */
const BASES = ['debian:trixie-slim', 'debian:sid-slim', 'postgres:17'];
const ANSWER_MS = 10_000;
const PULL_MS = 120_000;

/** What apt says where no mirror answers. */
const NO_MIRROR = /[EW]: (Failed to fetch|Some index files failed to download)/;

/** @returns why containers cannot be used here, and what to do about it; undefined if they can */
export async function whyNoContainers(): Promise<string | undefined> {
  if (await fails(ANSWER_MS, 'info')) {
    return 'no Docker engine answers; docker/engine.sh makes one usable on Debian, as root';
  }
  for (const part of ['compose', 'buildx']) {
    if (await fails(ANSWER_MS, part, 'version')) return `Docker has no ${part}`;
  }
  for (const image of BASES) {
    const missing = await fails(ANSWER_MS, 'image', 'inspect', image);
    if (missing && (await fails(PULL_MS, 'pull', image))) {
      return `there is no image ${image}; docker/engine.sh makes it on Debian, as root`;
    }
  }
  if (
    (await docker('ps', '--all', '--quiet', '--filter', `label=com.docker.compose.project=${RIG}`)) !== ''
  ) {
    return 'the rig has the same network; `make rig-down` removes it';
  }
  return undefined;
}

/**
 * Builds the images of a rig.
 *
 * @returns undefined, or that no mirror gives what is needed
 * @throws {RigError} when they cannot be built for another reason, which is no excuse
 */
export async function whyNoImages(rig: Rig): Promise<string | undefined> {
  try {
    await buildImages(rig);
  } catch (error) {
    if (NO_MIRROR.test(String(error)))
      return 'no mirror gives the packages for the images; check the network';
    throw error;
  }
  return undefined;
}

/** Says that tests were not run, so that nobody overlooks it. */
export function announceNotRun(what: string, why: string): void {
  const line = '!'.repeat(100);
  process.stderr.write(`\n${line}\nNOT RUN: ${what}: ${why}\n${line}\n\n`);
}

async function fails(ms: number, ...args: readonly string[]): Promise<boolean> {
  return dockerWithin(ms, ...args).then(
    () => false,
    () => true,
  );
}
