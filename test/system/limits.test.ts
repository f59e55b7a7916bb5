import { afterAll, beforeAll, expect, test } from 'vitest';
import { linkOffices } from '../rig/linking.ts';
import { startOffice, type Office } from '../rig/office.ts';
import { lastCall } from '../rig/records.ts';
import { beginCalls, carriedCalls, stayingDialplan } from '../rig/staying-calls.ts';
import { dialInVain, hangUp, talk } from '../rig/talk.ts';

const CARRIED = 2;
/** So many begin at the same moment. */
const AT_ONCE = 25;
const TOO_MANY = { outcome: 'too-many-calls', cause: 34 };

let berlin: Office;
let lisbon: Office;
let porto: Office;

beforeAll(async () => {
  [berlin, lisbon, porto] = await Promise.all([
    startOffice({
      name: 'Berlin',
      numbers: [{ number: '101' }],
      phones: { '101': 1000 },
      pbx: { outbound: stayingDialplan },
    }),
    startOffice({
      name: 'Lisbon',
      numbers: [{ number: '201' }, { number: '620', dialplan: 'staying,620,1' }],
      phones: { '201': 440 },
      pbx: { outbound: stayingDialplan },
    }),
    startOffice({
      name: 'Porto',
      numbers: [
        { number: '301' },
        { number: '630', dialplan: 'staying,630,1' },
        { number: '631', dialplan: 'phones,630,1' },
      ],
      phones: { '301': 800 },
      limits: { calls: CARRIED, perSecond: 20 },
      pbx: { outbound: stayingDialplan },
    }),
  ]);
  await linkOffices(berlin, lisbon, '--trunk', 'iax2');
  await linkOffices(berlin, porto);
});

afterAll(() => Promise.all([berlin, lisbon, porto].map((office) => office.stop())));

test.each([
  ['it', '630'],
  ['it, also where calls go on within the called system', '631'],
])(
  'an interlink carries what each side lets %s: a call more hears congestion, other interlinks nothing',
  async (_, number) => {
    await beginCalls(berlin.pbx, `Local/${number}@interlinks/n`, CARRIED);
    await expect.poll(() => carriedCalls(porto)).toBe(CARRIED);
    expect(await dialInVain(berlin.phone('101'), '301')).toMatchObject({ status: 503 });
    expect(await lastCall(porto, 'in', '301')).toMatchObject(TOO_MANY);
    expect(await lastCall(porto, 'in', '630')).toMatchObject({ interlink: 'Berlin' });
    expect(await lastCall(berlin, 'out', '301')).toMatchObject(TOO_MANY);
    expect(await dialInVain(porto.phone('301'), '101')).toMatchObject({ status: 503 });
    expect(await lastCall(porto, 'out', '101')).toMatchObject(TOO_MANY);
    await talk(berlin.phone('101'), '201', lisbon.phone('201'));
    await hangUp(berlin.phone('101'), lisbon.phone('201'));
    await berlin.pbx.asterisk.cli('channel request hangup all');
    await expect.poll(() => carriedCalls(porto)).toBe(0);
    await talk(berlin.phone('101'), '301', porto.phone('301'));
    await hangUp(berlin.phone('101'), porto.phone('301'));
  },
);

test('nobody is turned away because many begin at the same moment', async () => {
  const calls = Array.from({ length: AT_ONCE }, () => beginCalls(berlin.pbx, 'Local/620@interlinks/n', 1));
  await Promise.all(calls);
  await expect.poll(() => carriedCalls(lisbon)).toBe(AT_ONCE);
  await berlin.pbx.asterisk.cli('channel request hangup all');
});
