import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { OfficePhone } from '../rig/office.ts';
import { startPhone, type PhoneProgram } from '../rig/phone.ts';
import { startProcess, type ProcessEnd } from '../rig/process.ts';
import { REPOSITORY, type Rig } from './compose.ts';
import { docker } from './docker.ts';
import type { RigSystem } from './systems.ts';

/** Where phones keep their configuration and recordings; they see it under the same path. */
const FOLDER = join(REPOSITORY, 'build/phones');

/** Starts a system's phone, in a container of its own; returns when it is registered. */
export async function startRigPhone(rig: Rig, system: RigSystem): Promise<OfficePhone> {
  const { service, network, asterisk, phone } = system;
  const { number, address, tone } = phone;
  await mkdir(FOLDER, { recursive: true });
  const password = await rig.inside(`${service}-asterisk`, 'cat', '/run/secrets/phone.secret');
  const name = rig.container(`${service}-phone`);
  const place = [
    '--network',
    `${rig.project}_${network}`,
    '--ip',
    address,
    '--volume',
    `${FOLDER}:${FOLDER}`,
  ];
  // By these, Compose takes it for one of its own when it removes the rig.
  const owner = [`project=${rig.project}`, `service=${service}-phone`, 'oneoff=False', 'container-number=1'];
  const labels = owner.flatMap((label) => ['--label', `com.docker.compose.${label}`]);
  const program: PhoneProgram = {
    folder: FOLDER,
    modules: '/modules',
    start: async (directory) => {
      const baresip = ['interlinks/phone', '-f', directory, '-v'];
      const run = ['run', '--rm', '--name', name, ...labels, ...place, ...baresip];
      const running = await startProcess('docker', run);
      const stop = async (): Promise<ProcessEnd> => {
        await docker('stop', '--time', '2', name);
        return running.ended;
      };
      return { ...running, stop };
    },
  };
  const account = { number, name: number, password };
  const started = await startPhone({ address, registrar: asterisk, account, tone, program });
  return Object.assign(started, { tone });
}
