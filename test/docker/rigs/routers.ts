import { callBetween } from '../calls.ts';
import type { Rig } from '../compose.ts';
import { expectSeen } from '../seen.ts';
import { BERLIN, LISBON, type RigSystem } from '../systems.ts';
import { linkSystems, startRig, withPhones } from './stages.ts';

const OFFICES: readonly RigSystem[] = [behindRouter(BERLIN, '172.31.73'), behindRouter(LISBON, '172.31.74')];

/** Two offices in networks of their own; each forwards three ports. */
export async function routers(): Promise<void> {
  const rig = await startRig('Two systems behind routers', 'routers');
  const [berlin = BERLIN, lisbon = LISBON] = OFFICES;
  await expectSeen(`the way from Berlin to Lisbon's own address, ${lisbon.asterisk}`, /^closed$/, () =>
    reach(rig, berlin, lisbon.asterisk),
  );
  await linkSystems(rig, berlin, lisbon);
  await withPhones(rig, OFFICES, async (reception, amalia) => {
    await callBetween(reception, amalia);
    await callBetween(amalia, reception);
  });
  for (const { name, service } of OFFICES) {
    for (const what of ['requests', 'SIP', 'sound']) {
      await expectSeen(`${what} that ${name}'s router let in`, /^[1-9]\d* packets$/, () =>
        letIn(rig, `${service}-router`, what),
      );
    }
  }
}

/** What a port of a router let in. @param what the comment of its rule */
async function letIn(rig: Rig, router: string, what: string): Promise<string> {
  const rules = await rig.inside(router, 'nft', 'list', 'chain', 'ip', 'office', 'through');
  return `${new RegExp(`packets (\\d+) .*"${what}"`).exec(rules)?.[1]} packets`;
}

/** Tries a connection to where the other one's Asterisk takes trunks. */
function reach(rig: Rig, { service }: RigSystem, address: string): Promise<string> {
  const connect = `timeout 2 bash -c '</dev/tcp/${address}/5071' && echo open || echo closed`;
  return rig.inside(`${service}-asterisk`, 'bash', '-c', connect);
}

function behindRouter(system: RigSystem, network: string): RigSystem {
  return {
    ...system,
    network: system.service,
    asterisk: `${network}.11`,
    interlinks: `${network}.12`,
    phone: { ...system.phone, address: `${network}.14` },
  };
}
