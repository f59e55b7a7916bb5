import { afterAll, beforeAll, expect, test } from 'vitest';
import { linkOffices } from '../rig/linking.ts';
import { startOffice, type Office } from '../rig/office.ts';
import type { Phone } from '../rig/phone.ts';
import { hangUp, talk, untilIdle } from '../rig/talk.ts';

/** Shows what only the dial plan's own functions can find out. Asterisk calls both of them dangerous. */
const desk = `
[desk]
exten => _X.,1,Set(CALLERID(name)=\${CALLERID(name)}: \${DB(cidname/101)} \${SHELL(printf here)})
 same => n,Dial(PJSIP/900)
`;

/** Shows the same at the end of a call to 201, which it dials. */
const onward = `
[onward]
exten => _X.,1,Set(CHANNEL(hangup_handler_push)=onward-over,s,1)
 same => n,Goto(interlinks,201,1)

[onward-over]
exten => s,1,Set(DB(seen/over)=\${DB(cidname/101)} \${SHELL(printf here)})
 same => n,Return()
`;

/** With all that means something in a dial plan. */
const amalia = 'Amália, "A" & B|C/D (${EXTEN})';

/** With its system and both numbers, more bytes than an extension of Asterisk has. */
const long = 'á'.repeat(40);

let berlin: Office;
let lisbon: Office;

beforeAll(async () => {
  berlin = await startOffice({
    name: 'Berlin',
    numbers: [
      { number: '102', timeout: 1, noAnswer: 'desk,102,1' },
      { number: '103', dialplan: 'desk,103,1' },
      { number: '104', dialplan: 'onward,104,1' },
      { number: '900' },
    ],
    phones: { '101': 1000, '102': 620, '900': 440 },
    settings: { dialing: { min: 3, max: 4, notFound: 'desk,${EXTEN},1' } },
    pbx: { outbound: `exten => _[0-9*#]!,1,Hangup(1)\n${desk}${onward}` },
  });
  await berlin.pbx.asterisk.cli('database put cidname 101 Reception');
  berlin.phone('102').manner = 'rings';
  lisbon = await startOffice({
    name: 'Lisbon',
    numbers: [
      { number: '201', name: amalia },
      { number: '202', name: long },
    ],
    phones: { '201': 800, '202': 900 },
  });
  await linkOffices(berlin, lisbon);
});

afterAll(() => Promise.all([berlin.stop(), lisbon.stop()]));

test.each([
  ['nobody has', '299'],
  ['is not answered', '102'],
  ['leads into it', '103'],
])("the admin's dial plan can do what it could before, for a number that %s", async (_what, dialed) => {
  expect(await shownTo(berlin.phone('101'), dialed)).toBe('101: Reception here');
  await untilIdle(berlin);
});

test.each([
  ['is not answered', '102'],
  ['leads into it', '103'],
])('and for a call from a linked system to a number that %s', async (_what, dialed) => {
  expect(await shownTo(lisbon.phone('201'), dialed)).toBe(`Lisbon: ${amalia}: Reception here`);
  await Promise.all([untilIdle(berlin), untilIdle(lisbon)]);
});

test('a long name shows in full, and loses its end where the call may lead on', async () => {
  expect(await shownTo(lisbon.phone('202'), '900')).toBe(`Lisbon: ${long}`);
  expect(await shownTo(lisbon.phone('202'), '103')).toBe(`Lisbon: ${'á'.repeat(31)}: Reception here`);
  await Promise.all([untilIdle(berlin), untilIdle(lisbon)]);
});

test('and at the end of a call to a linked system', async () => {
  await talk(berlin.phone('101'), '104', lisbon.phone('201'));
  await hangUp(berlin.phone('101'), lisbon.phone('201'));
  const seen = () => berlin.pbx.asterisk.cli('database get seen over');
  await expect.poll(seen, { timeout: 10_000 }).toContain('Value: Reception here');
  await Promise.all([untilIdle(berlin), untilIdle(lisbon)]);
});

/** Dials a number that comes out at 900, and gives what that phone shows. */
async function shownTo(caller: Phone, dialed: string): Promise<string> {
  const shown = berlin.phone('900');
  const from = { caller: caller.events.list.length, shown: shown.events.list.length };
  await caller.dial(dialed);
  const { name } = await shown.waitFor('incoming', { from: from.shown });
  await caller.waitFor('established', { from: from.caller });
  await caller.hangup();
  return name;
}
