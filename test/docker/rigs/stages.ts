import type { OfficePhone } from '../../rig/office.ts';
import { step } from '../../rig/steps.ts';
import { makeArchive } from '../archive.ts';
import { bringUp, buildImages, link, RIG, rigOf, takeDown, type Rig } from '../compose.ts';
import { docker } from '../docker.ts';
import { startRigPhone } from '../phones.ts';
import type { RigSystem } from '../systems.ts';

/** What every rig goes through, step by step. */

/**
 * Starts a rig. Its data stays from one time to the next, but not from one kind of rig to another.
 *
 * @param what completes "… started"
 */
export async function startRig(what: string, ...overrides: readonly string[]): Promise<Rig> {
  const rig = rigOf(RIG, ...overrides);
  await step('The release archive', makeArchive);
  await step('Images', () => buildImages(rig));
  await step(`${what} started: Asterisk, Interlinks and PostgreSQL each`, async () => {
    if (overrides.length > 0 || (await isOfAnotherKind())) await takeDown(rig);
    await bringUp(rig);
  });
  return rig;
}

/** Whether there is a rig that was started with overrides. */
async function isOfAnotherKind(): Promise<boolean> {
  const files = '{{.Label "com.docker.compose.project.config_files"}}';
  const project = `label=com.docker.compose.project=${RIG}`;
  return (await docker('ps', '--all', '--filter', project, '--format', files)).includes('/rig/');
}

export async function linkSystems(rig: Rig, issuer: RigSystem, redeemer: RigSystem): Promise<void> {
  await step(`${issuer.name} and ${redeemer.name} linked: both show a green circle`, () =>
    link(rig, issuer, redeemer),
  );
}

/** Starts these systems' phones for as long as `use` takes. */
export async function withPhones(
  rig: Rig,
  systems: readonly RigSystem[],
  use: (...phones: OfficePhone[]) => Promise<void>,
): Promise<void> {
  const phones = await step('Phones registered', () =>
    Promise.all(systems.map((system) => startRigPhone(rig, system))),
  );
  try {
    await use(...phones);
  } finally {
    await Promise.all(phones.map((phone) => phone.stop()));
  }
}
