import type { OfficePhone } from '../rig/office.ts';
import { step } from '../rig/steps.ts';
import { dialInVain, hangUp, talk } from '../rig/talk.ts';

/** Lets one phone call another, and prints what both noticed. @throws {RigError} when one stays deaf */
export async function callBetween(caller: OfficePhone, called: OfficePhone): Promise<void> {
  await step(
    `${caller.number} dials ${called.number}: it rings, answers, and each hears the other`,
    () => talk(caller, called.number, called),
    ({ rangAfterMs, shown }) =>
      `rang after ${rangAfterMs.toFixed(0)} ms; display: "${shown.name}" <${shown.number}>; ${caller.tone} Hz and ${called.tone} Hz found in the recordings`,
  );
  await hangUp(caller, called);
}

/** How a call in vain ended for the caller, such as `404 Not Found`. */
export async function refusal(caller: OfficePhone, number: string): Promise<string> {
  const { status, detail } = await dialInVain(caller, number, 20_000);
  return `${status} ${detail}`;
}
