import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { generateKey, linkOffices } from '../rig/linking.ts';
import { startOffice, type Office } from '../rig/office.ts';
import { leftovers, untilNothingLeft } from '../rig/remains.ts';
import { dialInVain, talk } from '../rig/talk.ts';

const GONE_MS = 20_000;

let berlin: Office;
let lisbon: Office;
let key: string;

interface List {
  readonly interlinks: readonly { readonly name: string; readonly state: string }[];
  readonly ended: readonly { readonly name: string; readonly cleanUpPending: boolean }[];
}

function list(office: Office): Promise<List> {
  return office.json<List>('list');
}

async function expectUnreachable(from: Office, number: string, phone: string): Promise<void> {
  expect(await dialInVain(from.phone(phone), number)).toMatchObject({ status: 404 });
}

beforeAll(async () => {
  [berlin, lisbon] = await Promise.all([
    startOffice({ name: 'Berlin', numbers: [{ number: '101' }], phones: { '101': 1000 } }),
    startOffice({ name: 'Lisbon', numbers: [{ number: '201' }], phones: { '201': 440 } }),
  ]);
});

afterAll(() => Promise.all([berlin.stop(), lisbon.stop()]));

describe('deleted', () => {
  beforeEach(async () => {
    key = await linkOffices(berlin, lisbon);
  });

  test.each([
    ['by the issuer', 'Berlin'],
    ['by the redeemer', 'Lisbon'],
  ])(
    '%s with a call in progress: both phones hear the end, nothing is left on either side',
    async (_, who) => {
      const [deleting, other] = who === 'Berlin' ? [berlin, lisbon] : [lisbon, berlin];
      await talk(berlin.phone('101'), '201', lisbon.phone('201'));
      const from = [berlin, lisbon].map(
        (office) => office.phone(office === berlin ? '101' : '201').events.list.length,
      );
      const answer = deleting.json('delete', other.name, '--yes');
      await Promise.all([
        berlin.phone('101').waitFor('closed', { from: from[0] ?? 0 }),
        lisbon.phone('201').waitFor('closed', { from: from[1] ?? 0 }),
      ]);
      expect(await answer).toMatchObject({ name: other.name, cleanUp: 'done', callsEnded: 1 });
      await expectUnreachable(berlin, '201', '101');
      await untilNothingLeft(berlin, lisbon);
      await expectUnreachable(lisbon, '101', '201');
      expect((await lisbon.interlinks('link', 'Again', key)).output).toContain('[key-used]');
      await other.service.waitForLine(/"by":"other-side".*"msg":"interlink ended"/, 1000);
    },
  );

  test('by both at once', async () => {
    const answers = await Promise.all([
      berlin.interlinks('delete', 'Lisbon', '--yes'),
      lisbon.interlinks('delete', 'Berlin', '--yes'),
    ]);
    // Who hears of the other's deletion first has nothing left to delete.
    expect(answers.map(({ code, output }) => code === 0 || output.includes('[not-found]'))).toEqual([
      true,
      true,
    ]);
    await untilNothingLeft(berlin, lisbon);
  });

  test('while the other service is stopped: it ends its side at its first contact', async () => {
    await lisbon.service.stop();
    expect((await berlin.interlinks('delete', 'Lisbon', '--yes')).code).toBe(0);
    await expectUnreachable(berlin, '201', '101');
    expect(await list(berlin)).toMatchObject({
      interlinks: [],
      ended: [{ name: 'Lisbon', cleanUpPending: false }],
    });
    expect(await leftovers(berlin)).toEqual([]);
    await lisbon.startService();
    await untilNothingLeft(berlin, lisbon);
  });

  test('and forgotten while the other service is stopped: it is not told, and ends its side when it asks', async () => {
    await lisbon.service.stop();
    await berlin.interlinks('delete', 'Lisbon', '--yes');
    expect((await berlin.interlinks('list')).output).toContain('Deleted: Lisbon; the other side is told');
    expect((await berlin.interlinks('delete', 'Lisbon', '--yes')).output).toContain('[not-found]');
    expect((await berlin.interlinks('forget', 'lisbon')).output).toBe(
      'The other side of "Lisbon" is not told any more.\n',
    );
    expect((await berlin.interlinks('forget', 'lisbon')).output).toContain('[not-found]');
    await untilNothingLeft(berlin);
    await lisbon.startService();
    await untilNothingLeft(berlin, lisbon);
  });

  test('while the other Asterisk is stopped: it has nothing left when it is back', async () => {
    lisbon.pbx.asterisk.kill('SIGKILL');
    await lisbon.pbx.asterisk.ended();
    expect((await berlin.interlinks('delete', 'Lisbon', '--yes')).code).toBe(0);
    await expect.poll(async () => (await list(lisbon)).interlinks, { timeout: GONE_MS }).toEqual([]);
    await lisbon.pbx.asterisk.restart();
    await untilNothingLeft(berlin, lisbon);
  });

  test('while the own Asterisk cannot be reached: refused at once, cleaned up when it is back', async () => {
    berlin.pbx.asterisk.kill('SIGSTOP');
    await berlin.service.waitForLine(/"msg":"connection to Asterisk lost"/, GONE_MS);
    expect(await berlin.json('delete', 'Lisbon', '--yes')).toMatchObject({ cleanUp: 'pending' });
    expect(await list(berlin)).toMatchObject({
      interlinks: [],
      ended: [{ name: 'Lisbon', cleanUpPending: true }],
    });
    expect((await berlin.interlinks('list')).output).toContain('Asterisk is cleaned up when it is back');
    await expect.poll(async () => (await list(lisbon)).interlinks, { timeout: GONE_MS }).toEqual([]);
    berlin.pbx.asterisk.kill('SIGCONT');
    await untilNothingLeft(berlin, lisbon);
  });
});

describe('the command', () => {
  test('asks first: without a terminal and without --yes nothing is deleted', async () => {
    await generateKey(berlin, 'Porto');
    const { code, output } = await berlin.interlinks('delete', 'Porto');
    expect(code).toBe(1);
    expect(output).toContain('[confirmation-needed]');
    expect((await list(berlin)).interlinks).toMatchObject([{ name: 'Porto' }]);
    expect((await berlin.interlinks('delete', 'porto', '--yes')).code).toBe(0);
    await untilNothingLeft(berlin);
  });

  test('says when there is nothing to delete or rename', async () => {
    for (const args of [
      ['delete', 'Nobody', '--yes'],
      ['rename', 'Nobody', 'Somebody'],
    ]) {
      expect((await berlin.interlinks(...args)).output).toContain('[not-found]');
    }
  });

  test('a deleted key is refused', async () => {
    const grey = await generateKey(berlin, 'Lisbon');
    expect((await berlin.interlinks('delete', 'Lisbon', '--yes')).code).toBe(0);
    expect((await lisbon.interlinks('link', 'Berlin', grey)).output).toContain('[key-refused]');
    await untilNothingLeft(berlin, lisbon);
  });

  test('renames for this side only; calls show the new name', async () => {
    await linkOffices(berlin, lisbon);
    await generateKey(lisbon, 'Taken');
    expect((await lisbon.interlinks('rename', 'Berlin', 'TAKEN')).output).toContain('[name-taken]');
    expect((await lisbon.interlinks('rename', 'berlin', 'Hauptstadt')).code).toBe(0);
    expect((await list(lisbon)).interlinks).toMatchObject([{ name: 'Hauptstadt' }, { name: 'Taken' }]);
    expect((await list(berlin)).interlinks).toMatchObject([{ name: 'Lisbon' }]);
    const { shown } = await talk(berlin.phone('101'), '201', lisbon.phone('201'));
    expect(shown.name).toMatch(/^Hauptstadt: /);
    await berlin.phone('101').hangup();
  });
});
