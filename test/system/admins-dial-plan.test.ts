import { afterAll, beforeAll, expect, test } from 'vitest';
import { startOffice, type Office } from '../rig/office.ts';
import { untilIdle } from '../rig/talk.ts';

/** Shows what only the dial plan's own functions can find out. Asterisk calls both of them dangerous. */
const desk = `
[desk]
exten => _X.,1,Set(CALLERID(name)=\${DB(cidname/101)} \${SHELL(printf here)})
 same => n,Dial(PJSIP/900)
`;

let berlin: Office;

beforeAll(async () => {
  berlin = await startOffice({
    name: 'Berlin',
    numbers: [
      { number: '102', timeout: 1, noAnswer: 'desk,102,1' },
      { number: '103', dialplan: 'desk,103,1' },
    ],
    phones: { '101': 1000, '102': 620, '900': 440 },
    settings: { dialing: { min: 3, max: 4, notFound: 'desk,${EXTEN},1' } },
    pbx: { outbound: `exten => _[0-9*#]!,1,Hangup(1)\n${desk}` },
  });
  await berlin.pbx.asterisk.cli('database put cidname 101 Reception');
  berlin.phone('102').manner = 'rings';
});

afterAll(() => berlin.stop());

test.each([
  ['nobody has', '299'],
  ['is not answered', '102'],
  ['leads into it', '103'],
])("the admin's dial plan can do what it could before, for a number that %s", async (_what, dialed) => {
  const [caller, shown] = [berlin.phone('101'), berlin.phone('900')];
  const from = { caller: caller.events.list.length, shown: shown.events.list.length };
  await caller.dial(dialed);
  expect((await shown.waitFor('incoming', { from: from.shown })).name).toBe('Reception here');
  await caller.waitFor('established', { from: from.caller });
  await caller.hangup();
  await untilIdle(berlin);
});
