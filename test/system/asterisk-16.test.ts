import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { linkOffices } from '../rig/linking.ts';
import { startOffice, type Office } from '../rig/office.ts';
import { lastCall } from '../rig/records.ts';
import { untilNothingLeft } from '../rig/remains.ts';
import { hangUp, talk, untilIdle } from '../rig/talk.ts';

let berlin: Office;
let lisbon: Office;

beforeAll(async () => {
  [berlin, lisbon] = await Promise.all([
    startOffice({ name: 'Berlin', numbers: [{ number: '101', name: 'Reception' }], phones: { '101': 1000 } }),
    startOffice({
      name: 'Lisbon',
      numbers: [{ number: '201', name: 'Amália' }],
      phones: { '201': 440 },
      pbx: { version: 16 },
    }),
  ]);
});

afterAll(() => Promise.all([berlin.stop(), lisbon.stop()]));

afterEach(() => Promise.all([untilIdle(berlin), untilIdle(lisbon)]));

describe.each(['pjsip', 'iax2'])('a system with Asterisk 16.28, over %s', (kind) => {
  beforeAll(async () => {
    await linkOffices(berlin, lisbon, '--trunk', kind);
    return async () => {
      await berlin.interlinks('delete', 'Lisbon', '--yes');
      await untilNothingLeft(berlin, lisbon);
    };
  });

  test('is called and calls, with name and sound', async () => {
    expect(await lisbon.pbx.asterisk.cli('core show version')).toContain('Asterisk 16.28.');

    const called = await talk(berlin.phone('101'), '201', lisbon.phone('201'));
    expect(called.shown).toEqual({ number: '101', name: 'Berlin: Reception' });
    await hangUp(lisbon.phone('201'), berlin.phone('101'));

    const calling = await talk(lisbon.phone('201'), '101', berlin.phone('101'));
    expect(calling.shown).toEqual({ number: '201', name: 'Lisbon: Amália' });
    await hangUp(lisbon.phone('201'), berlin.phone('101'));
    await expect.poll(() => lastCall(lisbon, 'out', '101')).toMatchObject({ outcome: 'answered' });
    expect(await berlin.json('list')).toMatchObject({
      interlinks: [{ trunk: { kind, encrypted: true }, health: { colour: 'green' } }],
    });
  });
});
