import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { trunkName } from '../../src/domain/interlink.ts';
import { linkOffices } from '../rig/linking.ts';
import { measured } from '../rig/measured.ts';
import { startOffice, type Office } from '../rig/office.ts';
import { callsOf } from '../rig/records.ts';
import { beginCalls, carriedCalls, stayingDialplan } from '../rig/staying-calls.ts';
import { hangUp, talk, untilIdle } from '../rig/talk.ts';

const AT_ONCE = 100;
/** So many begin before the next ones do. */
const BEGIN_AT_ONCE = 10;
const FLOOD = 300;
/** Asterisk lists all its channels each time it is asked. */
const SOON = { timeout: 60_000, interval: 500 };

/** What the only interlink of an office is called in Asterisk. */
async function onlyTrunk(office: Office): Promise<string> {
  const { interlinks } = await office.json<{ interlinks: { id: string }[] }>('list');
  return trunkName(interlinks[0]?.id ?? '');
}

describe.each(['pjsip', 'iax2'])('over %s:', (kind) => {
  let berlin: Office;
  let lisbon: Office;
  let porto: Office;

  beforeAll(async () => {
    const limits = { calls: AT_ONCE + BEGIN_AT_ONCE, perSecond: 20 };
    const pbx = { outbound: stayingDialplan };
    [berlin, lisbon, porto] = await Promise.all([
      startOffice({ name: 'Berlin', numbers: [{ number: '101' }], phones: { '101': 1000 }, limits, pbx }),
      startOffice({
        name: 'Lisbon',
        numbers: [{ number: '201' }, { number: '620', dialplan: 'staying,620,1' }],
        phones: { '201': 440 },
        limits,
        pbx,
      }),
      startOffice({ name: 'Porto', numbers: [{ number: '301' }], pbx }),
    ]);
    await linkOffices(berlin, lisbon, '--trunk', kind);
    await linkOffices(berlin, porto, '--trunk', kind);
    return () => Promise.all([berlin, lisbon, porto].map((office) => office.stop()));
  });

  afterEach(async () => {
    const all = [berlin, lisbon, porto];
    await Promise.all(all.map(({ pbx }) => pbx.asterisk.cli('channel request hangup all')));
    await Promise.all(all.map(untilIdle));
  });

  test('a flood of calls over one interlink touches no call over another', async () => {
    const trunk = await onlyTrunk(porto);
    const endpoint = kind === 'pjsip' ? `PJSIP/101@${trunk}` : `IAX2/${trunk}/101`;
    const flood = beginCalls(porto.pbx, endpoint, FLOOD);
    try {
      const turnedAway = async (): Promise<boolean> =>
        (await callsOf(berlin)).some(({ direction, outcome }) => direction === 'in' && outcome === 'refused');
      await expect.poll(turnedAway, SOON).toBe(true);
      for (let call = 0; call < 3; call += 1) {
        await measured('a call over another interlink was heard during the flood', async () => {
          await talk(lisbon.phone('201'), '101', berlin.phone('101'));
        });
        await hangUp(lisbon.phone('201'), berlin.phone('101'));
      }
    } finally {
      await flood;
    }
  });

  test(`${AT_ONCE} calls at once; when the interlink is deleted they end on both sides`, async () => {
    for (let calls = BEGIN_AT_ONCE; calls <= AT_ONCE; calls += BEGIN_AT_ONCE) {
      await beginCalls(berlin.pbx, 'Local/620@interlinks/n', BEGIN_AT_ONCE);
      await expect.poll(() => Promise.all([berlin, lisbon].map(carriedCalls)), SOON).toEqual([calls, calls]);
    }
    await talk(berlin.phone('101'), '201', lisbon.phone('201'));
    await measured(`"interlinks delete" with ${AT_ONCE} calls up has answered`, async () => {
      expect((await lisbon.interlinks('delete', 'Berlin', '--yes')).code).toBe(0);
    });
    expect(await carriedCalls(lisbon)).toBe(0);
    await measured('and no call is left on the other side', async () => {
      await expect.poll(() => carriedCalls(berlin), SOON).toBe(0);
    });
    for (const office of [berlin, lisbon]) {
      await expect
        .poll(async () => (await callsOf(office)).filter(({ endedAt }) => endedAt === undefined), SOON)
        .toEqual([]);
    }
  });
});
