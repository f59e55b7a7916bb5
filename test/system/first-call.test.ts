import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { trunkName } from '../../src/domain/interlink.ts';
import { ari, redirectingOf } from '../rig/ari.ts';
import { linkOffices } from '../rig/linking.ts';
import { startOffice, type Office } from '../rig/office.ts';
import { callsOf, lastCall } from '../rig/records.ts';
import { untilNothingLeft } from '../rig/remains.ts';
import { startRedirectingPhone } from '../rig/sipp.ts';
import { dialInVain, hangUp, talk, untilHeard, untilIdle } from '../rig/talk.ts';

const HIGH = 1000;
const MIDDLE = 620;
const LOW = 440;

/** Lets an office's Asterisk place a call by itself, past Interlinks. */
async function originate({ pbx }: Office, endpoint: string): Promise<void> {
  await ari(pbx, 'POST', 'channels', { endpoint, context: 'outbound', extension: '1', priority: '1' });
}

let berlin: Office;
let lisbon: Office;

beforeAll(async () => {
  [berlin, lisbon] = await Promise.all([
    startOffice({
      name: 'Berlin',
      numbers: [
        { number: '101', name: 'Reception' },
        { number: '150', name: 'Workshop' },
        { number: '190', name: 'Boss', private: true },
        { number: '191', private: true },
      ],
      phones: { '101': HIGH, '150': MIDDLE, '190': HIGH },
      accounts: ['191'],
    }),
    startOffice({
      name: 'Lisbon',
      numbers: [
        { number: '201', name: 'Amália "Fado"', timeout: 2 },
        { number: '202' },
        { number: '150', name: 'Warehouse' },
        { number: '203', timeout: 1, noAnswer: 'fallback,203,1' },
        { number: '204', ring: ['PJSIP/201', 'PJSIP/202'] },
        { number: '290', name: 'Server room', private: true },
        { number: '299', name: 'No phone registered' },
        { number: '600', name: 'Conference', dialplan: 'fallback,600,1' },
        { number: '112', name: 'Porter' },
      ],
      phones: { '201': LOW, '202': MIDDLE, '150': HIGH, '203': LOW, '290': LOW },
      pbx: {
        files: {},
        outbound: `exten => _[0-9*#]!,1,Hangup(1)

[fallback]
exten => 203,1,Hangup(21)
exten => 600,1,Answer()
 same => n,Echo()`,
      },
    }),
  ]);
});

afterAll(() => Promise.all([berlin.stop(), lisbon.stop()]));

afterEach(async () => {
  for (const number of ['201', '202']) lisbon.phone(number).manner = 'answers';
  await Promise.all([untilIdle(berlin), untilIdle(lisbon)]);
});

/** The same calls over both: what a phone user notices does not tell which it is. */
const KINDS = [
  { kind: 'pjsip', dialString: (trunk: string, number: string) => `PJSIP/${number}@${trunk}` },
  { kind: 'iax2', dialString: (trunk: string, number: string) => `IAX2/${trunk}/${number}` },
] as const;

describe.each(KINDS)('over $kind:', ({ kind, dialString }) => {
  beforeAll(async () => {
    await linkOffices(berlin, lisbon, '--trunk', kind);
  });

  afterAll(async () => {
    await berlin.interlinks('delete', 'Lisbon', '--yes');
    await untilNothingLeft(berlin, lisbon);
  });

  describe('a call to a number of the linked system', () => {
    test('rings there, passes sound both ways and shows who calls', async () => {
      const { shown } = await talk(berlin.phone('101'), '201', lisbon.phone('201'));
      expect(shown).toEqual({ number: '101', name: 'Berlin: Reception' });
      await hangUp(berlin.phone('101'), lisbon.phone('201'));
    });

    test('works the other way as well, and the called side may hang up', async () => {
      const { shown } = await talk(lisbon.phone('201'), '101', berlin.phone('101'));
      expect(shown).toEqual({ number: '201', name: 'Lisbon: Amália "Fado"' });
      await hangUp(berlin.phone('101'), lisbon.phone('201'));
    });

    test('is recorded on both sides under one id, with delay, duration and outcome', async () => {
      const caller = berlin.phone('101');
      const from = caller.events.list.length;
      await caller.dial('202');
      await caller.waitFor('established', { from });
      const answeredAt = performance.now();
      await untilHeard(lisbon.phone('202'), caller.tone);
      const talkedMs = performance.now() - answeredAt;
      await hangUp(caller, lisbon.phone('202'));
      const out = await lastCall(berlin, 'out', '202');
      const into = await lastCall(lisbon, 'in', '202');
      expect(into.callId).toBe(out.callId);
      for (const record of [out, into]) {
        expect(record).toMatchObject({ caller: '101', outcome: 'answered', cause: 16 });
        // A phone beside its system may ring within the same millisecond.
        expect(record.postDialDelayMs).toBeGreaterThanOrEqual(record === out ? 1 : 0);
        // The service asks half a second after the dialing for the first time; Asterisk knows better, to a few ms.
        expect(record.durationMs).toBeGreaterThan(talkedMs - 100);
      }
      expect([out.interlink, into.interlink]).toEqual(['Lisbon', 'Berlin']);
    });

    test('of a private caller shows the system and no number', async () => {
      const { shown } = await talk(berlin.phone('190'), '201', lisbon.phone('201'));
      expect(shown.name).toBe('Berlin');
      expect(shown.number).not.toContain('190');
      await hangUp(berlin.phone('190'), lisbon.phone('201'));
      expect((await lastCall(lisbon, 'in', '201')).caller).toBeUndefined();
    });

    test('that a private phone forwards shows nothing of it', async () => {
      const forwarding = await startRedirectingPhone(berlin.address, '191', `sip:201@${berlin.address}`);
      onTestFinished(() => forwarding.stop());
      const { phone, caller } = { phone: lisbon.phone('201'), caller: berlin.phone('101') };
      const from = phone.events.list.length;
      await caller.dial('191');
      await phone.waitFor('established', { from });
      expect(await redirectingOf(lisbon.pbx)).toEqual(['', '']);
      await hangUp(caller, phone);
    });

    test('rings every phone of a group', async () => {
      const from = lisbon.phone('202').events.list.length;
      lisbon.phone('202').manner = 'rings';
      await talk(berlin.phone('101'), '204', lisbon.phone('201'));
      const other = await lisbon.phone('202').waitFor('incoming', { from });
      expect(other.number).toBe('101');
      await hangUp(berlin.phone('101'), lisbon.phone('201'));
    });

    test('may be to a place in the dial plan, such as a conference', async () => {
      const from = berlin.phone('101').events.list.length;
      await berlin.phone('101').dial('600');
      await berlin.phone('101').waitFor('established', { from });
      await berlin.phone('101').hangup();
      expect(await berlin.phone('101').waitFor('closed', { from })).toMatchObject({ type: 'closed' });
      for (const [office, direction] of [
        [berlin, 'out'],
        [lisbon, 'in'],
      ] as const) {
        await expect
          .poll(() => lastCall(office, direction, '600'))
          .toMatchObject({ outcome: 'answered', cause: 16 });
      }
    });
  });

  describe('a local number wins', () => {
    test('201 dialed in Lisbon rings in Lisbon', async () => {
      const { shown } = await talk(lisbon.phone('202'), '201', lisbon.phone('201'));
      expect(shown.number).toBe('202');
      await hangUp(lisbon.phone('202'), lisbon.phone('201'));
    });

    test('the number that both have stays local on either side', async () => {
      const from = {
        berlin: berlin.phone('150').events.list.length,
        lisbon: lisbon.phone('150').events.list.length,
      };
      await talk(berlin.phone('101'), '150', berlin.phone('150'));
      await hangUp(berlin.phone('101'), berlin.phone('150'));
      expect(lisbon.phone('150').events.list.slice(from.lisbon)).toEqual([]);
      const after = berlin.phone('150').events.list.length;
      await talk(lisbon.phone('201'), '150', lisbon.phone('150'));
      await hangUp(lisbon.phone('201'), lisbon.phone('150'));
      expect(berlin.phone('150').events.list.slice(after)).toEqual([]);
    });
  });

  describe('a call that does not come about ends with its cause', () => {
    test.each([
      ['private', '290'],
      ['unknown', '288'],
    ])('%s: 1, without a ringing phone', async (_what, number) => {
      const from = lisbon.phone('290').events.list.length;
      expect(await dialInVain(berlin.phone('101'), number)).toMatchObject({ status: 404 });
      expect(await lastCall(berlin, 'out', number)).toMatchObject({ outcome: 'unknown-number', cause: 1 });
      expect(lisbon.phone('290').events.list.slice(from)).toEqual([]);
    });

    test('emergency: never taken in, so that it goes on to the outside lines', async () => {
      expect(await dialInVain(berlin.phone('101'), '112')).toMatchObject({ status: 404 });
      expect((await callsOf(berlin)).filter(({ dialed }) => dialed === '112')).toEqual([]);
    });

    test('private and unknown look the same to the one who asks', async () => {
      const [hidden, absent] = await Promise.all(
        ['290', '288'].map((number) => berlin.json<{ steps: string[] }>('route', number)),
      );
      expect(JSON.stringify(hidden).replaceAll('290', 'N')).toBe(
        JSON.stringify(absent).replaceAll('288', 'N'),
      );
    });

    test('busy: 17', async () => {
      lisbon.phone('201').manner = 'busy';
      expect(await dialInVain(berlin.phone('101'), '201')).toMatchObject({ status: 486 });
      expect(await lastCall(berlin, 'out', '201')).toMatchObject({ outcome: 'busy', cause: 17 });
      expect(await lastCall(lisbon, 'in', '201')).toMatchObject({ outcome: 'busy', cause: 17 });
    });

    test('no answer: 19', async () => {
      lisbon.phone('201').manner = 'rings';
      expect(await dialInVain(berlin.phone('101'), '201')).toMatchObject({ status: 480 });
      expect(await lastCall(berlin, 'out', '201')).toMatchObject({ outcome: 'no-answer', cause: 19 });
      expect(await lastCall(lisbon, 'in', '201')).toMatchObject({ outcome: 'no-answer', cause: 19 });
    });

    test('no phone registered: 20, which SIP brings across as 19', async () => {
      expect(await dialInVain(berlin.phone('101'), '299')).toMatchObject({ status: 480 });
      const crossed = {
        pjsip: { outcome: 'no-answer', cause: 19 },
        iax2: { outcome: 'unreachable', cause: 20 },
      };
      expect(await lastCall(berlin, 'out', '299')).toMatchObject(crossed[kind]);
      expect(await lastCall(lisbon, 'in', '299')).toMatchObject({ outcome: 'unreachable', cause: 20 });
    });

    test('no answer goes where the number says', async () => {
      lisbon.phone('203').manner = 'rings';
      expect(await dialInVain(berlin.phone('101'), '203')).toMatchObject({ status: 403 });
      expect(await lastCall(lisbon, 'in', '203')).toMatchObject({ outcome: 'declined', cause: 21 });
    });

    test('the caller gives up: the phone stops ringing', async () => {
      lisbon.phone('202').manner = 'rings';
      const from = {
        caller: berlin.phone('101').events.list.length,
        called: lisbon.phone('202').events.list.length,
      };
      await berlin.phone('101').dial('202');
      await berlin.phone('101').waitFor('ringing', { from: from.caller });
      await berlin.phone('101').hangup();
      await lisbon.phone('202').waitFor('closed', { from: from.called });
      expect(await lastCall(berlin, 'out', '202')).toMatchObject({ outcome: 'cancelled' });
      expect(await lastCall(lisbon, 'in', '202')).toMatchObject({ outcome: 'cancelled' });
    });
  });

  describe('a linked system whose service hangs', () => {
    test('costs the one who calls it at most the deadline, and nobody else anything', async () => {
      lisbon.service.kill('SIGSTOP');
      try {
        for (let round = 0; round < 3; round += 1) {
          expect((await dialInVain(berlin.phone('101'), '201')).status).toBeGreaterThanOrEqual(500);
          await talk(berlin.phone('101'), '150', berlin.phone('150'));
          await hangUp(berlin.phone('101'), berlin.phone('150'));
        }
      } finally {
        lisbon.service.kill('SIGCONT');
      }
      expect(await lastCall(berlin, 'out', '201')).toMatchObject({ outcome: 'peer-away', cause: 38 });
    });
  });

  describe('a call that ends while the linked system is asked', () => {
    test('leaves no record that is never closed', async () => {
      const phone = berlin.phone('101');
      lisbon.service.kill('SIGSTOP');
      try {
        const from = phone.events.list.length;
        await phone.dial('201');
        await expect
          .poll(() => berlin.pbx.asterisk.cli('core show channels count'), { interval: 20 })
          .toMatch(/^1 active channel/);
        // A phone that has heard nothing yet takes no order to hang up.
        await berlin.pbx.asterisk.cli('channel request hangup all');
        await phone.waitFor('closed', { from });
      } finally {
        lisbon.service.kill('SIGCONT');
      }
      await expect
        .poll(async () => (await callsOf(berlin)).filter(({ endedAt }) => endedAt === undefined))
        .toEqual([]);
      expect(await lastCall(berlin, 'out', '201')).toMatchObject({ outcome: 'cancelled' });
    });
  });

  describe('the trunk alone', () => {
    test('lets no call in: without a ticket it is refused, recorded and logged', async () => {
      const [interlink] = (await berlin.json<{ interlinks: { id: string }[] }>('list')).interlinks;
      const trunk = trunkName(interlink?.id ?? '');
      const from = lisbon.phone('201').events.list.length;
      await originate(berlin, dialString(trunk, '201'));
      const line = await lisbon.service.waitForLine(/call over a trunk refused/, 5000);
      expect(JSON.parse(line)).toMatchObject({
        reason: 'ticket-missing',
        number: '201',
        remote: berlin.address,
      });
      expect(await lastCall(lisbon, 'in', '201')).toMatchObject({ outcome: 'refused' });
      expect(lisbon.phone('201').events.list.slice(from)).toEqual([]);
    });

    test('lets no number in that tells the dial plan where to go on', async () => {
      const [interlink] = (await berlin.json<{ interlinks: { id: string }[] }>('list')).interlinks;
      const { asterisk } = lisbon.pbx;
      await originate(berlin, dialString(trunkName(interlink?.id ?? ''), '201,6'));
      await expect
        .poll(() => asterisk.log())
        .toMatch(new RegExp(`\\[201,6@interlinks-trunk-${kind}:\\d+\\] Hangup`));
    });
  });
});
