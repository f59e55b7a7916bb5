import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { TestSystem } from '../../src/peer/testing/test-system.ts';
import { claimAddress } from '../rig/addresses.ts';
import { generateKey, linkOffices } from '../rig/linking.ts';
import { measured } from '../rig/measured.ts';
import { READY, startOffice, type Office } from '../rig/office.ts';
import { moveBehindPassage, type Passage } from '../rig/passage.ts';
import { expectHealth, watchOffice, type Watching } from '../rig/watching.ts';

let berlin: Office;
let lisbon: Office;
let lisbonsDoor: Passage;
let berlinSees: Watching;
let lisbonSees: Watching;

beforeAll(async () => {
  [berlin, lisbon] = await Promise.all([
    startOffice({ name: 'Berlin', numbers: [{ number: '101' }] }),
    startOffice({ name: 'Lisbon', numbers: [{ number: '201' }] }),
  ]);
  lisbonsDoor = await moveBehindPassage(lisbon);
  [berlinSees, lisbonSees] = await Promise.all([watchOffice(berlin), watchOffice(lisbon)]);
  await linkOffices(berlin, lisbon);
});

beforeEach(expectBothGreen);

afterAll(async () => {
  await Promise.all([berlinSees, lisbonSees].map((watching) => watching.stop()));
  lisbonsDoor.close();
  await Promise.all([berlin, lisbon].map((office) => office.stop()));
});

async function expectBothGreen(): Promise<void> {
  await Promise.all([
    expectHealth(berlinSees, 'Lisbon', 'green'),
    expectHealth(lisbonSees, 'Berlin', 'green'),
  ]);
}

test('Asterisk is away: here it says so, on the other side the trunk does not answer', async () => {
  lisbon.pbx.asterisk.kill('SIGKILL');
  await Promise.all([
    measured('amber after the peer’s Asterisk was killed', () =>
      expectHealth(berlinSees, 'Lisbon', 'amber', /^trunk does not answer$/),
    ),
    expectHealth(lisbonSees, 'Berlin', 'amber', /^Asterisk not connected here$/),
  ]);
  expect(await lisbon.json('status')).toMatchObject({
    system: { asterisk: { connected: false, reason: expect.stringContaining('does not answer') } },
  });
  await lisbon.pbx.asterisk.restart();
  await measured('green after the peer’s Asterisk is back', expectBothGreen);
});

test('one way only: amber where requests still go out, red where they do not', async () => {
  lisbonsDoor.cut();
  await Promise.all([
    expectHealth(berlinSees, 'Lisbon', 'red', /^does not answer since .*, but reaches this side$/),
    measured('amber after the other side cannot reach this one', () =>
      expectHealth(lisbonSees, 'Berlin', 'amber', /^the other side cannot reach us$/),
    ),
  ]);
  lisbonsDoor.mend();
  await expectBothGreen();
});

test('the clocks differ by ten minutes: amber with the difference, on both sides', async () => {
  const clock = join(import.meta.dirname, '../rig/clock-offset.ts');
  await lisbon.service.stop();
  await lisbon.startService(READY, { NODE_OPTIONS: `--import ${clock}`, CLOCK_OFFSET_MS: '600000' });
  await Promise.all([
    expectHealth(
      berlinSees,
      'Lisbon',
      'amber',
      /^clock differs by (599|60\d) s \(the other side's is ahead\)$/,
    ),
    expectHealth(
      lisbonSees,
      'Berlin',
      'amber',
      /^clock differs by (599|60\d) s \(the other side's is behind\)$/,
    ),
  ]);
  await lisbon.service.stop();
  await lisbon.startService();
  await expectBothGreen();
});

test('the other side speaks another version of the protocol', async () => {
  const address = await claimAddress();
  await using porto = await TestSystem.start({ name: 'Porto', address: address.ip, protocol: 2 });
  porto.health.start();
  const key = await generateKey(berlin, 'Porto');
  expect(await porto.redeemKey.redeem({ name: 'Berlin', key })).toMatchObject({ ok: true });
  await expectHealth(berlinSees, 'Porto', 'amber', /newer version of the protocol/);
  address.release();
});

test('status shows it all in words', async () => {
  const { output } = await berlin.interlinks('status');
  expect(output).toMatch(
    /^System +Berlin\nId +[\w-]{43}\nVersion +\d+\.\d+\.\d+, SQLite\nAsterisk +connected\nConfiguration +.+, in force since .+\n/,
  );
  expect(output).toMatch(/● +Lisbon +connected +Lisbon +– +pjsip/);
});
