import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { RigError } from '../rig/rig-error.ts';
import { docker } from './docker.ts';
import type { RigSystem } from './systems.ts';

/** A rig of `docker/compose.yaml`, driven from this machine. */
export interface Rig {
  readonly project: string;
  /** Runs `docker compose` on it. @throws {RigError} with what it wrote, when it fails */
  compose(...args: readonly string[]): Promise<string>;
  /** Name of the container of a service. */
  container(service: string): string;
  /** Runs a program in the container of a service. @throws {RigError} when it fails */
  inside(service: string, ...command: readonly string[]): Promise<string>;
  /** Runs the `interlinks` command of a system. @throws {RigError} when it fails */
  interlinks(system: RigSystem, ...args: readonly string[]): Promise<string>;
}

/** What `interlinks list` tells of one. */
export interface Listed {
  readonly name: string;
  readonly health: { readonly colour: string; readonly reason: string };
}

/** The Compose project that `make rig` starts, and `make rig-down` removes. */
export const RIG = 'interlinks-rig';

export const REPOSITORY = join(import.meta.dirname, '../..');

const GREEN_MS = 30_000;
const LOOK_AGAIN_MS = 200;

/** @param overrides names of files in `docker/rig`, without `.yaml` */
export function rigOf(project: string, ...overrides: readonly string[]): Rig {
  const paths = ['compose', ...overrides.map((name) => `rig/${name}`)];
  const files = paths.flatMap((path) => ['--file', join(REPOSITORY, `docker/${path}.yaml`)]);
  const container = (service: string): string => `${project}-${service}-1`;
  const inside: Rig['inside'] = (service, ...command) => docker('exec', container(service), ...command);
  return {
    project,
    compose: (...args) => docker('compose', '--project-name', project, ...files, ...args),
    container,
    inside,
    interlinks: ({ service }, ...args) => inside(service, 'interlinks', ...args),
  };
}

/** Builds the images of the rig. @throws {RigError} with all that the build wrote */
export async function buildImages(rig: Rig): Promise<void> {
  await rig.compose('--progress', 'plain', '--profile', 'phones', 'build');
}

/** Starts the rig, with images that are there; returns when all of its parts are healthy. */
export async function bringUp(rig: Rig): Promise<void> {
  await rig.compose('up', '--quiet-pull', '--remove-orphans', '--wait');
}

/** Removes the rig with its data. */
export async function takeDown(rig: Rig): Promise<void> {
  await rig.compose('down', '--volumes', '--remove-orphans', '--timeout', '5');
}

/** Links two systems, unless they are; returns when all interlinks of both are green. */
export async function link(rig: Rig, issuer: RigSystem, redeemer: RigSystem): Promise<void> {
  if ((await interlinksOf(rig, issuer)).every(({ name }) => name !== redeemer.name)) {
    const key = await rig.interlinks(issuer, 'key', 'new', redeemer.name);
    await rig.interlinks(redeemer, 'link', issuer.name, key);
  }
  await untilGreen(rig, issuer, redeemer);
}

/** Waits until these systems have all interlinks green. @throws {RigError} when one is not within half a minute */
export async function untilGreen(rig: Rig, ...systems: readonly RigSystem[]): Promise<void> {
  const end = performance.now() + GREEN_MS;
  for (const system of systems) {
    while (!(await isGreen(rig, system))) {
      if (performance.now() > end) {
        throw new RigError(`${system.name} is not green`, await rig.interlinks(system, 'list'));
      }
      await delay(LOOK_AGAIN_MS);
    }
  }
}

/** A service that is just starting is not. */
async function isGreen(rig: Rig, system: RigSystem): Promise<boolean> {
  const interlinks = await interlinksOf(rig, system).catch(() => []);
  return interlinks.length > 0 && interlinks.every(({ health }) => health.colour === 'green');
}

export async function interlinksOf(rig: Rig, system: RigSystem): Promise<readonly Listed[]> {
  const { interlinks } = JSON.parse(await rig.interlinks(system, '--json', 'list')) as {
    interlinks: Listed[];
  };
  return interlinks;
}
