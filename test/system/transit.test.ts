import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { ari, channelsOf } from '../rig/ari.ts';
import type { Office, OfficePhone } from '../rig/office.ts';
import { callsOf, lastCall } from '../rig/records.ts';
import { callAndTransfer, startRedirectingPhone, type RedirectingPhone } from '../rig/sipp.ts';
import { dialInVain, hangUp, talk, untilHeard, untilIdle } from '../rig/talk.ts';
import { startThreeOffices, type ThreeOffices } from '../rig/three-offices.ts';
import { attendedTransfer } from '../rig/transfer.ts';

const OUTSIDE = '0123456';

let offices: ThreeOffices;
let berlin: Office;
let reception: OfficePhone;
const redirecting: RedirectingPhone[] = [];

beforeAll(async () => {
  offices = await startThreeOffices();
  ({ berlin } = offices);
  reception = berlin.phone('101');
});

afterAll(async () => {
  await Promise.all(redirecting.map((phone) => phone.stop()));
  await offices.stop();
});

afterEach(async () => {
  for (const number of ['101', '150']) berlin.phone(number).manner = 'answers';
  await Promise.all([berlin, offices.lisbon, offices.porto].map((office) => untilIdle(office)));
});

/** What Berlin's outside line was dialed with so far. */
async function outside(): Promise<string> {
  const { value } = await ari<{ value: string }>(berlin.pbx, 'GET', 'asterisk/variable', {
    variable: 'OUTSIDE',
  });
  return value;
}

async function redirect(account: string, to: string): Promise<void> {
  redirecting.push(await startRedirectingPhone(berlin.address, account, `sip:${to}@${berlin.address}`));
}

/** Somebody in Berlin leaves two calls of interlinks to each other. */
async function expectEnded(
  caller: OfficePhone,
  transfer: () => Promise<void>,
  office: Office = berlin,
): Promise<void> {
  const since = caller.events.list.length;
  const lines = leftAlone(office).length;
  await transfer();
  await caller.waitFor('closed', { from: since, ms: 5000 });
  await untilIdle(office);
  await expect
    .poll(() => leftAlone(office).slice(lines))
    .toEqual([
      expect.objectContaining({ level: 40, channels: [/il-/, /il-/].map((il) => expect.stringMatching(il)) }),
    ]);
}

function leftAlone(office: Office): readonly unknown[] {
  const lines = office.service
    .output()
    .split('\n')
    .filter((line) => line.includes('left alone'));
  return lines.map((line) => JSON.parse(line) as unknown);
}

describe.each([
  {
    from: 'lisbon',
    own: '201',
    to: 'porto',
    other: '301',
    redirects: '205',
    transfers: '206',
    plan: '170',
    stays: '172',
    unanswered: '180',
    account: '160',
  },
  {
    from: 'porto',
    own: '301',
    to: 'lisbon',
    other: '201',
    redirects: '305',
    transfers: '306',
    plan: '171',
    stays: '173',
    unanswered: '181',
    account: '161',
  },
] as const)('nothing passes from $from through Berlin to $to:', (direction) => {
  const { own, other } = direction;
  let caller: OfficePhone;
  let far: OfficePhone;
  let callerOffice: Office;
  let farOffice: Office;
  let before: { rang: number; calls: number };

  beforeAll(() => {
    callerOffice = offices[direction.from];
    farOffice = offices[direction.to];
    caller = callerOffice.phone(own);
    far = farOffice.phone(other);
  });

  beforeEach(async () => {
    before = { rang: far.events.list.length, calls: (await callsOf(farOffice)).length };
  });

  /** Neither the phone nor the service of the far office has noticed anything. */
  async function expectNothingArrived(): Promise<void> {
    expect(far.events.list.slice(before.rang)).toEqual([]);
    expect(await callsOf(farOffice)).toHaveLength(before.calls);
  }

  /** How many calls to the far office Berlin has refused as an unknown number. */
  async function refusals(): Promise<number> {
    const calls = await callsOf(berlin);
    return calls.filter(({ dialed, outcome }) => dialed === other && outcome === 'unknown-number').length;
  }

  test('no lookup and no call', async () => {
    expect(await dialInVain(caller, other)).toMatchObject({ status: 404 });
    const route = await berlin.json<{ outcome: string }>('route', other, '--from', callerOffice.name);
    expect(route.outcome).toBe('unknown');
    await expectNothingArrived();
  });

  test('no blind transfer by the called phone', async () => {
    await talk(caller, '101', reception);
    const from = reception.events.list.length;
    const since = caller.events.list.length;
    await reception.transfer(other);
    await reception.waitFor('transfer-refused', { from });
    await expectNothingArrived();
    // baresip gives the call up by itself when its transfer is refused.
    await caller.waitFor('closed', { from: since });
  });

  test('no blind transfer by the calling phone, which keeps its call', async () => {
    expect(await callAndTransfer(berlin.address, '150', own, other)).toEqual({ refused: true, kept: true });
    await expectNothingArrived();
  });

  test('no redirect (302) by the called phone', async () => {
    await redirect(direction.account, other);
    expect((await dialInVain(caller, direction.account)).status).toBeGreaterThanOrEqual(400);
    await expectNothingArrived();
  });

  test('no number whose place in the dial plan leads there', async () => {
    expect((await dialInVain(caller, direction.plan)).status).toBeGreaterThanOrEqual(400);
    await expectNothingArrived();
  });

  test('no number that goes there when nobody answers', async () => {
    berlin.phone('150').manner = 'rings';
    expect((await dialInVain(caller, direction.unanswered)).status).toBe(404);
    await expectNothingArrived();
  });

  test('no redirect by the linked system of a call to it', async () => {
    expect(await dialInVain(reception, direction.redirects)).toMatchObject({ status: 486 });
    await expectNothingArrived();
  });

  test('no transfer by the linked system of a call to it', async () => {
    const from = reception.events.list.length;
    await reception.dial(direction.transfers);
    await reception.waitFor('established', { from });
    const told = { variable: 'TRANSFERRED' };
    const outcome = () => ari(callerOffice.pbx, 'GET', 'asterisk/variable', told);
    await expect.poll(outcome, { timeout: 5000 }).toEqual({ value: 'FAILURE' });
    await expectNothingArrived();
    await reception.hangup();
  });

  test('no way for the leg of a call to it that something in this office sends on', async () => {
    await talk(reception, own, caller);
    const { name = '' } = (await channelsOf(berlin.pbx)).find((channel) => /il-/.test(channel.name)) ?? {};
    const refused = await refusals();
    await berlin.pbx.asterisk.cli(`channel redirect ${name} onwards,${other},1`);
    await expect.poll(refusals).toBe(refused + 1);
    await expectNothingArrived();
    await caller.hangup();
  });

  test('no way for a transferred call, also when AstDB takes the number for an own one', async () => {
    const { asterisk } = berlin.pbx;
    await asterisk.cli(`database put interlinks/number ${other} "30|PJSIP/${other}|"`);
    const refused = await refusals();
    await asterisk.cli(`channel originate Local/${other}@interlinks-own application Wait 2`);
    await expect.poll(refusals).toBe(refused + 1);
    await asterisk.cli(`database del interlinks/number ${other}`);
    await expectNothingArrived();
  });

  describe('an attended transfer ends the two calls at once, with a log line and a record,', () => {
    test('of a call from there', async () => {
      await talk(caller, '101', reception);
      await expectEnded(caller, () => attendedTransfer(berlin, reception, other));
      expect(await lastCall(berlin, 'in', '101')).toMatchObject({ interlink: callerOffice.name, cause: 21 });
    });

    test('also when the service was started anew meanwhile', async () => {
      await talk(caller, '101', reception);
      await berlin.service.stop();
      await berlin.startService();
      await expectEnded(caller, () => attendedTransfer(berlin, reception, other));
    });

    test('also with a Local channel that stays between the two', async () => {
      await talk(caller, '101', reception);
      await expectEnded(caller, () => attendedTransfer(berlin, reception, direction.stays));
    });

    test('also of a call whose caller left it to a colleague before', async () => {
      const workshop = berlin.phone('150');
      await talk(reception, own, caller);
      await attendedTransfer(berlin, reception, '150');
      await untilHeard(workshop, caller.tone);
      await expectEnded(caller, () => attendedTransfer(berlin, workshop, other));
    });
  });
});

test('who has called one linked system from here can be sent on to another', async () => {
  const porto = offices.porto.phone('301');
  await talk(reception, '201', offices.lisbon.phone('201'));
  const { name = '' } = (await channelsOf(berlin.pbx)).find((one) => one.name.startsWith('PJSIP/101-')) ?? {};
  const since = porto.events.list.length;
  await berlin.pbx.asterisk.cli(`channel redirect ${name} phones,301,1`);
  expect(await porto.waitFor('incoming', { from: since })).toMatchObject({ number: '101' });
  await untilHeard(reception, porto.tone);
  await reception.hangup();
});

describe('in a conference', () => {
  test('callers of two interlinks may talk with somebody of this system, and end when they are left alone', async () => {
    const callers = [offices.lisbon.phone('201'), offices.porto.phone('301')];
    for (const phone of [reception, ...callers]) {
      const from = phone.events.list.length;
      await phone.dial('600');
      await phone.waitFor('established', { from });
    }
    await untilHeard(reception, offices.porto.phone('301').tone);
    expect(await channelsOf(berlin.pbx)).toHaveLength(3);
    const before = leftAlone(berlin).length;
    const since = callers.map((phone) => phone.events.list.length);
    await reception.hangup();
    await Promise.all(
      callers.map((phone, index) => phone.waitFor('closed', { from: since[index] ?? 0, ms: 5000 })),
    );
    await untilIdle(berlin);
    await expect.poll(() => leftAlone(berlin).length).toBe(before + 1);
  });
});

test('callers of two interlinks may wait in one place, as parked calls do, where they do not hear each other', async () => {
  const callers = [offices.lisbon.phone('201'), offices.porto.phone('301')];
  for (const phone of callers) {
    const from = phone.events.list.length;
    await phone.dial('700');
    await phone.waitFor('established', { from });
  }
  const bridges = async (): Promise<readonly number[]> =>
    (await ari<{ channels: readonly string[] }[]>(berlin.pbx, 'GET', 'bridges')).map(
      ({ channels }) => channels.length,
    );
  await expect.poll(bridges).toEqual([2]);
  // It looks through all bridges before it takes calls.
  await berlin.service.stop();
  await berlin.startService();
  expect(await bridges()).toEqual([2]);
  expect(leftAlone(berlin)).toEqual([]);
  await Promise.all(callers.map((phone) => phone.hangup()));
});

describe('the outside line is not for calls that crossed an interlink:', () => {
  test('no blind transfer', async () => {
    const before = await outside();
    const caller = offices.lisbon.phone('201');
    await talk(caller, '101', reception);
    const from = reception.events.list.length;
    const since = caller.events.list.length;
    await reception.transfer(OUTSIDE);
    await reception.waitFor('transfer-refused', { from });
    await caller.waitFor('closed', { from: since });
    expect(await callAndTransfer(berlin.address, '150', '201', OUTSIDE)).toEqual({
      refused: true,
      kept: true,
    });
    expect(await outside()).toBe(before);
  });

  test('no redirect', async () => {
    await redirecting.at(-1)?.stop();
    await redirect('160', OUTSIDE);
    const before = await outside();
    expect((await dialInVain(offices.lisbon.phone('201'), '160')).status).toBeGreaterThanOrEqual(400);
    expect(await outside()).toBe(before);
  });

  test('no transfer to a phone that redirects', async () => {
    const before = await outside();
    await callAndTransfer(berlin.address, '150', '201', '160');
    await untilIdle(berlin);
    expect(await outside()).toBe(before);
  });

  test('while phones of the system reach it', async () => {
    const from = reception.events.list.length;
    await reception.dial('0199');
    await reception.waitFor('established', { from });
    expect(await outside()).toContain('0199');
    await reception.hangup();
  });
});

describe('within the called system', () => {
  test.each(['blind', 'attended'])('a call may be transferred: %s', async (manner) => {
    const caller = offices.lisbon.phone('201');
    const workshop = berlin.phone('150');
    await talk(caller, '101', reception);
    const from = workshop.events.list.length;
    if (manner === 'blind') await reception.transfer('150');
    else await attendedTransfer(berlin, reception, '150');
    await workshop.waitFor('established', { from });
    await expect
      .poll(
        async () =>
          new Set((await channelsOf(berlin.pbx)).map(({ name }) => /^PJSIP\/(?:il|\d+)/.exec(name)?.[0])),
      )
      .toEqual(new Set(['PJSIP/150', 'PJSIP/il']));
    await untilHeard(workshop, caller.tone);
    await hangUp(caller, workshop);
  });

  test('a phone may redirect it', async () => {
    const workshop = berlin.phone('150');
    await redirecting.at(-1)?.stop();
    await redirect('160', '150');
    const caller = offices.lisbon.phone('201');
    const from = workshop.events.list.length;
    await caller.dial('160');
    expect(await workshop.waitFor('established', { from })).toMatchObject({ number: '201' });
    await hangUp(caller, workshop);
  });
});

test('bridges are followed while two interlinks have calls, and not by a service that starts without', async () => {
  const followed = async (): Promise<number> => {
    const path = 'applications/interlinks';
    return (await ari<{ bridge_ids: readonly string[] }>(berlin.pbx, 'GET', path)).bridge_ids.length;
  };
  await berlin.service.stop();
  await berlin.startService();
  await expect.poll(followed).toBe(0);
  const [lisbon, porto] = [offices.lisbon.phone('201'), offices.porto.phone('301')];
  await talk(lisbon, '101', reception);
  expect(await followed()).toBe(0);
  await talk(porto, '150', berlin.phone('150'));
  await expect.poll(followed).toBe(1);
  await hangUp(lisbon, reception);
  await hangUp(porto, berlin.phone('150'));
});

test('over IAX2, too, an attended transfer ends the two calls', async () => {
  const iax2 = await startThreeOffices('iax2');
  onTestFinished(() => iax2.stop());
  const { berlin: office, lisbon } = iax2;
  const caller = lisbon.phone('201');
  await talk(caller, '101', office.phone('101'));
  await expectEnded(caller, () => attendedTransfer(office, office.phone('101'), '301'), office);
});
