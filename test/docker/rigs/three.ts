import { callBetween, refusal } from '../calls.ts';
import { expectSeen } from '../seen.ts';
import { BERLIN, LISBON, type RigSystem } from '../systems.ts';
import { linkSystems, startRig, withPhones } from './stages.ts';

const PORTO: RigSystem = {
  name: 'Porto',
  service: 'porto',
  network: 'rig',
  asterisk: '172.31.71.31',
  interlinks: '172.31.71.32',
  phone: { number: '301', address: '172.31.71.34', tone: 620 },
};

/** Berlin is linked to both others, which are not linked. */
export async function three(): Promise<void> {
  const rig = await startRig('Three systems', 'three');
  await linkSystems(rig, BERLIN, LISBON);
  await linkSystems(rig, BERLIN, PORTO);
  await withPhones(rig, [BERLIN, LISBON, PORTO], async (reception, amalia, nuno) => {
    await callBetween(reception, amalia);
    await callBetween(nuno, reception);
    await expectSeen('Lisbon dials 999, which nobody has', /^404 .*/, () => refusal(amalia, '999'), 0);
    await expectSeen('Lisbon dials 301 in Porto', /^404 .*/, () => refusal(amalia, '301'), 0);
    await expectSeen('Porto dials 201 in Lisbon', /^404 .*/, () => refusal(nuno, '201'), 0);
    await expectSeen('what Lisbon knows of Porto', /^$/, async () => {
      const known = await rig.interlinks(LISBON, 'number', 'list', '--remote');
      return known
        .split('\n')
        .filter((line) => /Porto|301/.test(line))
        .join('\n');
    });
  });
}
