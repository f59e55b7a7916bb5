import { callBetween } from '../calls.ts';
import { BERLIN, LISBON } from '../systems.ts';
import { linkSystems, startRig, withPhones } from './stages.ts';

export async function two(): Promise<void> {
  const rig = await startRig('Two systems');
  await linkSystems(rig, BERLIN, LISBON);
  await withPhones(rig, [BERLIN, LISBON], async (reception, amalia) => {
    await callBetween(reception, amalia);
    await callBetween(amalia, reception);
  });
}
