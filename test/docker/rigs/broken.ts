import type { OfficePhone } from '../../rig/office.ts';
import { step } from '../../rig/steps.ts';
import { callBetween, refusal } from '../calls.ts';
import { interlinksOf, rigOf, type Rig } from '../compose.ts';
import { expectSeen } from '../seen.ts';
import { BERLIN, LISBON, type RigSystem } from '../systems.ts';
import { linkSystems, startRig, withPhones } from './stages.ts';

/** Cause 38, and cause 1, as a phone gets them. */
const AWAY = /^500 .*/;
const UNKNOWN = /^404 .*/;

type Look = (rig: Rig, reception: OfficePhone, amalia: OfficePhone) => Promise<void>;

/** What is seen of two linked systems when a part of Lisbon is broken. */

export const noAsterisk = broken('no-asterisk', 'Lisbon has no Asterisk', async (rig, reception) => {
  await expectReadiness(LISBON, /503 .*"ari-unreachable"/);
  await expectInterlink(rig, LISBON, /amber: Asterisk not connected here/);
  await expectInterlink(rig, BERLIN, /amber: trunk does not answer/);
  await expectDoctor(rig, LISBON, /ari-unreachable/);
  await expectCall(reception, '201', AWAY);
});

export const wrongAriPassword = broken(
  'wrong-ari-password',
  "Lisbon's Asterisk has another password for ARI than the service",
  async (rig, reception) => {
    await expectReadiness(LISBON, /503 .*"ari-unauthorized"/);
    await expectInterlink(rig, LISBON, /amber: Asterisk not connected here/);
    await expectDoctor(rig, LISBON, /ari-unauthorized/);
    await expectCall(reception, '201', AWAY);
  },
);

export const noDatabase = broken(
  'no-database',
  'Lisbon started again without PostgreSQL',
  async (rig, reception) => {
    await expectSeen("Lisbon's log", /\[database-unreachable\]/, () => rig.compose('logs', 'lisbon'));
    await expectInterlink(rig, BERLIN, /red: does not answer/);
    await expectCall(reception, '201', AWAY);
  },
  async (rig, reception, amalia) => {
    await step('PostgreSQL of Lisbon stopped', () => rig.compose('stop', 'lisbon-database'));
    await expectReadiness(LISBON, /503 .*"database-unreachable"/);
    await callBetween(reception, amalia);
    await callBetween(amalia, reception);
    await expectCall(reception, '290', UNKNOWN);
    await expectSeen('Lisbon, `interlinks key new Porto`', /\[database-unreachable\]/, () =>
      rig.interlinks(LISBON, 'key', 'new', 'Porto'),
    );
  },
);

export const blackhole = broken(
  'blackhole',
  "What Berlin's service sends to Lisbon's gets lost",
  async (rig, reception) => {
    await expectInterlink(rig, BERLIN, /red: does not answer/);
    await expectInterlink(rig, LISBON, /red: does not answer/);
    await expectDoctor(rig, BERLIN, /peer-unreachable/);
    await expectCall(reception, '201', AWAY);
    await expectCall(reception, '999', UNKNOWN);
  },
);

/**
 * @param override breaks it, while two linked systems run
 * @param before looks before that
 */
function broken(override: string, what: string, look: Look, before?: Look): () => Promise<void> {
  return async () => {
    const whole = await startRig('Two systems');
    await linkSystems(whole, BERLIN, LISBON);
    await withPhones(whole, [BERLIN, LISBON], async (reception, amalia) => {
      await before?.(whole, reception, amalia);
      const rig = rigOf(whole.project, override);
      await step(what, () => rig.compose('up', '--quiet-pull', '--remove-orphans', '--detach'));
      await look(rig, reception, amalia);
    });
  };
}

async function expectReadiness({ name, interlinks }: RigSystem, wanted: RegExp): Promise<void> {
  await expectSeen(`${name}, /readyz`, wanted, async () => {
    const answer = await fetch(`http://${interlinks}:8420/readyz`);
    return `${answer.status} ${await answer.text()}`;
  });
}

async function expectInterlink(rig: Rig, system: RigSystem, wanted: RegExp): Promise<void> {
  await expectSeen(`${system.name}, \`interlinks list\``, wanted, async () => {
    const [only] = await interlinksOf(rig, system);
    return `${only?.health.colour}: ${only?.health.reason}`;
  });
}

async function expectDoctor(rig: Rig, system: RigSystem, wanted: RegExp): Promise<void> {
  await expectSeen(`${system.name}, \`interlinks doctor\``, wanted, () => rig.interlinks(system, 'doctor'));
}

async function expectCall(caller: OfficePhone, number: string, wanted: RegExp): Promise<void> {
  await expectSeen(`${caller.number} dials ${number}`, wanted, () => refusal(caller, number), 0);
}
