import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { startPhone, type PhoneProgram } from '../rig/phone.ts';
import type { OfficePhone } from '../rig/office.ts';
import { startProcess, type ProcessEnd } from '../rig/process.ts';
import { RigError } from '../rig/rig-error.ts';

/** The rig of `docker/compose.yaml`, driven from this machine. */

export const REPOSITORY = join(import.meta.dirname, '../..');

/** Where phones keep their configuration and recordings; they see it under the same path. */
const PHONES = join(REPOSITORY, 'build/phones');

const GREEN_MS = 30_000;
const LOOK_AGAIN_MS = 200;

/** A system of the rig. Names of services begin with `service`. */
export interface RigSystem {
  readonly name: string;
  readonly service: string;
  /** Its Asterisk. */
  readonly address: string;
  readonly phone: { readonly number: string; readonly address: string; readonly tone: number };
}

interface Interlink {
  readonly name: string;
  readonly health: { readonly colour: string };
}

export const BERLIN: RigSystem = {
  name: 'Berlin',
  service: 'berlin',
  address: '172.31.71.11',
  phone: { number: '101', address: '172.31.71.14', tone: 1000 },
};

export const LISBON: RigSystem = {
  name: 'Lisbon',
  service: 'lisbon',
  address: '172.31.71.21',
  phone: { number: '201', address: '172.31.71.24', tone: 440 },
};

/** Runs `docker`. @throws {RigError} with what it wrote, when it fails */
async function docker(...args: readonly string[]): Promise<string> {
  const { code, output } = await end(args);
  if (code !== 0) throw new RigError(`docker ${args.join(' ')} failed`, output.trim());
  return output.trim();
}

/** Runs `docker compose` on the rig. @throws {RigError} with what it wrote, when it fails */
function compose(...args: readonly string[]): Promise<string> {
  return docker('compose', '--file', join(REPOSITORY, 'docker/compose.yaml'), ...args);
}

/** Name of the container that a service of the rig has. */
function container(service: string): string {
  return `interlinks-rig-${service}-1`;
}

/** Runs the `interlinks` command of a system. @throws {RigError} when it fails */
function interlinks({ service }: RigSystem, ...args: readonly string[]): Promise<string> {
  return docker('exec', container(service), 'interlinks', ...args);
}

/** Builds the images and starts the rig; returns when all of its parts are healthy. */
export async function bringUp(): Promise<void> {
  await compose('--profile', 'phones', 'build', '--quiet');
  await compose('up', '--quiet-pull', '--wait');
}

/** Links two systems, unless they are; returns when all interlinks of both are green. */
export async function link(issuer: RigSystem, redeemer: RigSystem): Promise<void> {
  if ((await interlinksOf(issuer)).every(({ name }) => name !== redeemer.name)) {
    const key = await interlinks(issuer, 'key', 'new', redeemer.name);
    await interlinks(redeemer, 'link', issuer.name, key);
  }
  await Promise.all([issuer, redeemer].map((system) => untilGreen(system)));
}

/** Waits until all interlinks of a system are green. @throws {RigError} when one is not within half a minute */
async function untilGreen(system: RigSystem): Promise<void> {
  const end = performance.now() + GREEN_MS;
  while (!(await interlinksOf(system)).every(({ health }) => health.colour === 'green')) {
    if (performance.now() > end) {
      throw new RigError(`${system.name} is not green`, await interlinks(system, 'list'));
    }
    await delay(LOOK_AGAIN_MS);
  }
}

async function interlinksOf(system: RigSystem): Promise<readonly Interlink[]> {
  const listed = JSON.parse(await interlinks(system, '--json', 'list')) as { interlinks: Interlink[] };
  return listed.interlinks;
}

/** Starts a system's phone; returns when it is registered. */
export async function startRigPhone({ service, address, phone }: RigSystem): Promise<OfficePhone> {
  const { number, tone } = phone;
  await mkdir(PHONES, { recursive: true });
  const password = await docker('exec', container(`${service}-asterisk`), 'cat', '/run/secrets/phone.secret');
  const name = container(`${service}-phone`);
  const program: PhoneProgram = {
    folder: PHONES,
    modules: '/modules',
    start: async (directory) => {
      const place = [
        '--network',
        'interlinks-rig_rig',
        '--ip',
        phone.address,
        '--volume',
        `${PHONES}:${PHONES}`,
      ];
      const run = ['run', '--rm', '--name', name, ...place, 'interlinks/phone', '-f', directory, '-v'];
      const running = await startProcess('docker', run);
      const stop = async (): Promise<ProcessEnd> => {
        await docker('stop', '--time', '2', name);
        return running.ended;
      };
      return { ...running, stop };
    },
  };
  const started = await startPhone({
    address: phone.address,
    registrar: address,
    account: { number, name: number, password },
    tone,
    program,
  });
  return Object.assign(started, { tone });
}

async function end(args: readonly string[]): Promise<ProcessEnd> {
  return (await startProcess('docker', args, { cwd: REPOSITORY })).ended;
}
