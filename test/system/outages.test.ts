import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ari } from '../rig/ari.ts';
import { generateKey } from '../rig/linking.ts';
import { measured } from '../rig/measured.ts';
import { startOffice, type Office } from '../rig/office.ts';
import { moveBehindPassage, type Passage } from '../rig/passage.ts';
import { trunkCredentials } from '../rig/trunk-credentials.ts';
import { expectHealth, watchOffice, type Watching } from '../rig/watching.ts';

let berlin: Office;
let lisbon: Office;
let passages: readonly Passage[];
let berlinSees: Watching;
let lisbonSees: Watching;

beforeAll(async () => {
  [berlin, lisbon] = await Promise.all([
    startOffice({ name: 'Berlin', numbers: [{ number: '101' }] }),
    startOffice({ name: 'Lisbon', numbers: [{ number: '201' }] }),
  ]);
  passages = await Promise.all([berlin, lisbon].map(moveBehindPassage));
  [berlinSees, lisbonSees] = await Promise.all([watchOffice(berlin), watchOffice(lisbon)]);
  const key = await generateKey(berlin, 'Lisbon');
  await expectHealth(berlinSees, 'Lisbon', 'grey');
  const green = measured('green on both sides after the key was entered', expectBothGreen);
  await lisbon.json('link', 'Berlin', key);
  await green;
});

beforeEach(expectBothGreen);

afterAll(async () => {
  await Promise.all([berlinSees, lisbonSees].map((watching) => watching.stop()));
  for (const passage of passages) passage.close();
  await Promise.all([berlin, lisbon].map((office) => office.stop()));
});

async function expectBothGreen(): Promise<void> {
  await Promise.all([
    expectHealth(berlinSees, 'Lisbon', 'green'),
    expectHealth(lisbonSees, 'Berlin', 'green'),
  ]);
}

async function expectLisbonRed(): Promise<void> {
  await expectHealth(berlinSees, 'Lisbon', 'red', /^does not answer since \d{4}-/);
}

describe('a peer that vanishes is red, and green again soon after its return', () => {
  test('its service is killed', async () => {
    lisbon.service.kill('SIGKILL');
    await measured('red after kill -9 of the peer', expectLisbonRed);
    await lisbon.startService();
    await measured('green after the peer takes calls again', expectBothGreen);
  });

  test('its service hangs', async () => {
    lisbon.service.kill('SIGSTOP');
    await measured('red after the peer began to hang', expectLisbonRed);
    lisbon.service.kill('SIGCONT');
    await measured('green after the peer goes on', expectBothGreen);
  });

  test('nothing gets through between the two', async () => {
    for (const passage of passages) passage.cut();
    await Promise.all([
      measured('red after packets were dropped', expectLisbonRed),
      expectHealth(lisbonSees, 'Berlin', 'red'),
    ]);
    for (const passage of passages) passage.mend();
    await measured('green after packets pass again', expectBothGreen);
  });
});

test('status --watch has told every change once, in order, over the restart of the service', () => {
  const colours = lisbonSees
    .events()
    .map((event) => ('interlink' in event ? event.interlink.health.colour : event.type));
  expect(colours[0]).toBe('reset');
  expect(colours.filter((colour) => colour === 'reset')).toHaveLength(2);
  const shown = berlinSees
    .events()
    .flatMap((event) => (event.type === 'health-changed' ? [event.interlink.health.colour] : []));
  expect(shown.filter((colour) => colour === 'red')).toHaveLength(3);
});

describe("a trunk's objects in Asterisk", () => {
  const objects = 'asterisk/config/dynamic/res_pjsip';

  test('are left alone by a service that starts anew', async () => {
    const { user: trunk } = await trunkCredentials(lisbon);
    const noted = async () => await ari(lisbon.pbx, 'GET', `${objects}/auth/${trunk}-out`);
    const note = { attribute: 'oauth_clientid', value: expect.stringMatching(/./) as string };
    await expect.poll(noted).toContainEqual(note);
    const mark = { attribute: 'accountcode', value: 'marked' };
    await ari(lisbon.pbx, 'PUT', `${objects}/endpoint/${trunk}`, {}, { fields: [mark] });
    await lisbon.service.stop();
    await lisbon.startService();
    await expectBothGreen();
    expect(await ari(lisbon.pbx, 'GET', `${objects}/endpoint/${trunk}`)).toContainEqual(mark);
  });

  test('are put back where somebody has deleted them', async () => {
    const { user: trunk } = await trunkCredentials(berlin);
    await ari(berlin.pbx, 'DELETE', `${objects}/endpoint/${trunk}`);
    await expectHealth(berlinSees, 'Lisbon', 'amber', /^trunk does not answer/);
    await expectBothGreen();
    expect(await trunkCredentials(berlin)).toMatchObject({ user: trunk });
  });
});
