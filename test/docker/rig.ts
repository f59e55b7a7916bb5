import type { OfficePhone } from '../rig/office.ts';
import { print, step } from '../rig/steps.ts';
import { hangUp, talk } from '../rig/talk.ts';
import { makeArchive } from './archive.ts';
import { BERLIN, bringUp, link, LISBON, startRigPhone } from './compose.ts';

/** Brings up the rig of `docker/compose.yaml`, places a call both ways, and leaves the rig running. */

await step('The release archive', makeArchive);
await step('Two systems started: Asterisk, Interlinks and PostgreSQL each', bringUp);
await step('Berlin and Lisbon linked: both show a green circle', () => link(BERLIN, LISBON));
const [reception, amalia] = await step('Phones registered', () =>
  Promise.all([startRigPhone(BERLIN), startRigPhone(LISBON)]),
);
try {
  await callBetween(reception, amalia);
  await callBetween(amalia, reception);
} finally {
  await Promise.all([reception, amalia].map((phone) => phone.stop()));
}
print('\nThe rig goes on until `make rig-down`. docs/containers.md says what to do with it.');

async function callBetween(caller: OfficePhone, called: OfficePhone): Promise<void> {
  await step(
    `${caller.number} dials ${called.number}: it rings, answers, and each hears the other`,
    () => talk(caller, called.number, called),
    ({ rangAfterMs, shown }) =>
      `rang after ${rangAfterMs.toFixed(0)} ms; display: "${shown.name}" <${shown.number}>; ${caller.tone} Hz and ${called.tone} Hz found in the recordings`,
  );
  await hangUp(caller, called);
}
