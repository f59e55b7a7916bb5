import { afterAll, afterEach, beforeAll, expect, onTestFinished, test } from 'vitest';
import { trunkName } from '../../src/domain/interlink.ts';
import { ari, channelsOf, sentOverIax2 } from '../rig/ari.ts';
import { linkOffices } from '../rig/linking.ts';
import { startOffice, type Office } from '../rig/office.ts';
import { callsOf } from '../rig/records.ts';
import { startRedirectingPhone } from '../rig/sipp.ts';
import { hangUp, untilIdle } from '../rig/talk.ts';
import { keepTickets, unusedTicket } from '../rig/tickets.ts';

/** What a call to a phone of Berlin ends with when it got through: the phone is busy. */
const ADMITTED = 'busy';
const REFUSED = 'refused';
const SHARED = '101';
const PRIVATE = '190';
const FORWARDING = '191';
/** What Porto's dial plan transfers a call to that it has answered, by the number that was dialed. */
const TRANSFERS = { '306': PRIVATE, '307': `1&PJSIP/${PRIVATE}`, '308': `1&Local/${PRIVATE}@phones` };

let berlin: Office;
let lisbon: Office;
let porto: Office;

beforeAll(async () => {
  [berlin, lisbon, porto] = await Promise.all([
    startOffice({
      name: 'Berlin',
      numbers: [
        { number: SHARED },
        { number: '102' },
        { number: PRIVATE, private: true },
        { number: FORWARDING, private: true },
      ],
      phones: { [SHARED]: 1000, [PRIVATE]: 620 },
      accounts: [FORWARDING],
    }),
    startOffice({ name: 'Lisbon', numbers: [{ number: '201' }] }),
    startOffice({
      name: 'Porto',
      numbers: [
        { number: '301' },
        ...Object.keys(TRANSFERS).map((number) => ({ number, dialplan: `leaving,${number},1` })),
      ],
      phones: { '301': 440 },
      pbx: {
        outbound: `exten => _X.,1,Hangup(1)

[leaving]
${Object.entries(TRANSFERS)
  .map(
    ([number, to]) => `exten => ${number},1,Answer()
 same => n,Wait(0.5)
 same => n,Transfer(IAX2/${to})
 same => n,Set(GLOBAL(TRANSFERRED)=\${GLOBAL(TRANSFERRED)} ${number})
 same => n,Wait(3)`,
  )
  .join('\n')}`,
      },
    }),
  ]);
  await linkOffices(berlin, lisbon, '--trunk', 'iax2');
  await linkOffices(berlin, porto, '--trunk', 'iax2');
  berlin.phone(SHARED).manner = 'busy';
  await keepTickets(porto, 'iax2');
});

afterAll(() => Promise.all([berlin, lisbon, porto].map((office) => office.stop())));

afterEach(() => untilIdle(berlin));

/** The trunk of an office's only interlink. */
async function trunkOf(office: Office): Promise<string> {
  const { interlinks } = await office.json<{ interlinks: { id: string }[] }>('list');
  return trunkName(interlinks[0]?.id ?? '');
}

/** Calls Berlin over an office's trunk, past its service. @returns the outcome that Berlin records */
async function call(office: Office, number: string, ticket?: string): Promise<string | undefined> {
  const before = (await callsOf(berlin)).length;
  const endpoint = `IAX2/${await trunkOf(office)}/${number}`;
  const query = { endpoint, context: 'outbound', extension: '1', priority: '1' };
  const variables = ticket === undefined ? {} : { 'IAXVAR(IL_TICKET)': ticket };
  await ari(office.pbx, 'POST', 'channels', query, { variables });
  const ended = async (): Promise<boolean> => {
    const calls = await callsOf(berlin);
    return calls.length === before + 1 && calls[0]?.endedAt !== undefined;
  };
  await expect.poll(ended).toBe(true);
  return (await callsOf(berlin))[0]?.outcome;
}

async function lastRefusal(office = berlin): Promise<unknown> {
  const lines = office.service.output().split('\n');
  return JSON.parse(lines.findLast((line) => line.includes('call over a trunk refused')) ?? '{}');
}

test('a call over the trunk is let in once by its ticket', async () => {
  const ticket = await unusedTicket(porto, '301', SHARED);
  expect(await call(porto, SHARED, ticket)).toBe(ADMITTED);
  expect(await call(porto, SHARED, ticket)).toBe(REFUSED);
  await expect
    .poll(() => lastRefusal())
    .toMatchObject({ reason: 'ticket-unknown-or-used', remote: porto.address });
});

test.each([
  ['no ticket', undefined, 'ticket-missing'],
  ['an invented ticket', 'AAAAAAAAAAAAAAAAAAAAAA', 'ticket-unknown-or-used'],
])('a call with %s is refused', async (_what, ticket, reason) => {
  expect(await call(porto, SHARED, ticket)).toBe(REFUSED);
  await expect.poll(() => lastRefusal()).toMatchObject({ reason, number: SHARED });
});

test('a call with a ticket for another number is refused', async () => {
  expect(await call(porto, '102', await unusedTicket(porto, '301', SHARED))).toBe(REFUSED);
  await expect.poll(() => lastRefusal()).toMatchObject({ reason: 'ticket-other-number', number: '102' });
});

test("a call with another interlink's ticket is refused, and the ticket stays good for its owner", async () => {
  const ticket = await unusedTicket(porto, '301', SHARED);
  expect(await call(lisbon, SHARED, ticket)).toBe(REFUSED);
  await expect.poll(() => lastRefusal()).toMatchObject({ reason: 'ticket-other-interlink' });
  expect(await call(porto, SHARED, ticket)).toBe(ADMITTED);
});

test.each(Object.keys(TRANSFERS))(
  'the call to %s, which the linked system transfers, rings nobody here',
  async (dialed) => {
    const caller = berlin.phone(SHARED);
    const rang = berlin.phone(PRIVATE).events.list.length;
    const from = caller.events.list.length;
    await caller.dial(dialed);
    await caller.waitFor('established', { from });
    const told = { variable: 'TRANSFERRED' };
    const transferred = () => ari(porto.pbx, 'GET', 'asterisk/variable', told);
    await expect
      .poll(transferred, { timeout: 5000 })
      .toMatchObject({ value: expect.stringContaining(dialed) });
    await caller.waitFor('closed', { from });
    expect(berlin.phone(PRIVATE).events.list.slice(rang)).toEqual([]);
  },
);

test('who calls and who has forwarded the call leaves the system in the lookup alone', async () => {
  const forwarding = await startRedirectingPhone(berlin.address, FORWARDING, `sip:301@${berlin.address}`);
  onTestFinished(() => forwarding.stop());
  const [caller, called] = [berlin.phone(SHARED), porto.phone('301')];
  const from = called.events.list.length;
  await caller.dial(FORWARDING);
  await called.waitFor('established', { from });
  expect(await sentOverIax2(berlin.pbx)).toEqual([await trunkOf(porto)]);
  await hangUp(caller, called);
});

test('what is no digit of the number to dial does not reach Asterisk', async () => {
  const from = berlin.phone(PRIVATE).events.list.length;
  const to = { context: 'interlinks-dial-iax2', extension: `1&PJSIP/${PRIVATE}`, priority: '1' };
  const { id } = await ari<{ id: string }>(
    berlin.pbx,
    'POST',
    'channels',
    { endpoint: 'Local/s@interlinks-probe', ...to },
    { variables: { IL_TRUNK: await trunkOf(lisbon) } },
  );
  await expect.poll(() => lastRefusal(lisbon)).toMatchObject({ number: `1${PRIVATE}` });
  await expect
    .poll(async () => (await channelsOf(berlin.pbx)).map((channel) => channel.id))
    .not.toContain(id);
  expect(berlin.phone(PRIVATE).events.list.slice(from)).toEqual([]);
});
