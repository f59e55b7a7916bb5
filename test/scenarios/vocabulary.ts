import { expect } from 'vitest';
import type { PhoneManner } from '../rig/phone.ts';
import { callsOf } from '../rig/records.ts';
import { sipRequest } from '../rig/sipp.ts';
import { dialInVain, untilHeard } from '../rig/talk.ts';
import { attendedTransfer } from '../rig/transfer.ts';
import type { OfficeName } from './scenario.ts';
import type { Stage } from './stage.ts';

type Action = (stage: Stage) => Promise<void>;

const manners: Readonly<Record<string, PhoneManner>> = {
  answer: 'answers',
  ring: 'rings',
  'be busy': 'busy',
};

/** The sentences that steps are made of, in the order in which README.md's readers look for them. */
const vocabulary: readonly (readonly [RegExp, (...parts: string[]) => Action])[] = [
  [
    /^(\w+) dials (\S+)$/,
    (number, dialed) => async (stage) => void (await stage.phone(number ?? '').dial(dialed ?? '')),
  ],
  [
    /^(\w+) dials (\S+) in vain: (\d{3})$/,
    (number = '', dialed = '', status) =>
      async (stage) => {
        expect((await dialInVain(stage.phone(number), dialed)).status).toBe(Number(status));
      },
  ],
  [
    // As a phone does that does not check what is dialed.
    /^(\w+) sends an INVITE for (\S+): (\d{3})$/,
    (number = '', to = '', status) =>
      async (stage) => {
        const answer = await sipRequest({
          method: 'INVITE',
          server: `${stage.officeOf(number).address}:5060`,
          to,
          from: number,
          credentials: { user: number, password: 'phone' },
        });
        expect(answer.status).toBe(Number(status));
      },
  ],
  [
    /^(\w+) will (answer|ring|be busy)$/,
    (number = '', manner = '') =>
      async (stage) => {
        stage.phone(number).manner = manners[manner] ?? 'answers';
      },
  ],
  [
    /^(\w+) rings$/,
    (number = '') =>
      async (stage) =>
        void (await stage.notice(number, 'incoming')),
  ],
  [
    /^(\w+) rings and shows "(.*)" <(\d*)>$/,
    (number = '', name, from) =>
      async (stage) => {
        expect(await stage.notice(number, 'incoming')).toMatchObject({ name, number: from });
      },
  ],
  [
    /^(\w+) does not ring$/,
    (number = '') =>
      async (stage) => {
        expect(stage.unspoken(number).filter(({ type }) => type === 'incoming')).toEqual([]);
      },
  ],
  [
    /^(\w+) hears ringing$/,
    (number = '') =>
      async (stage) =>
        void (await stage.notice(number, 'ringing')),
  ],
  [
    /^(\w+) hears (\d+) Hz$/,
    (number = '', hertz) =>
      async (stage) =>
        await untilHeard(stage.phone(number), Number(hertz)),
  ],
  [
    /^(\w+) and (\w+) hear each other$/,
    (one = '', other = '') =>
      async (stage) => {
        const [first, second] = [stage.phone(one), stage.phone(other)];
        await Promise.all([untilHeard(first, second.tone), untilHeard(second, first.tone)]);
      },
  ],
  [
    /^(\w+) answers$/,
    (number = '') =>
      async (stage) =>
        await stage.phone(number).answer(),
  ],
  [
    /^(\w+) is connected$/,
    (number = '') =>
      async (stage) =>
        void (await stage.notice(number, 'established')),
  ],
  [
    /^(\w+) hangs up$/,
    (number = '') =>
      async (stage) =>
        await stage.phone(number).hangup(),
  ],
  [
    /^(\w+) answers while (\w+) hangs up$/,
    (called = '', caller = '') =>
      async (stage) =>
        void (await Promise.all([stage.phone(called).answer(), stage.phone(caller).hangup()])),
  ],
  [
    /^(\w+)'s call ends$/,
    (number = '') =>
      async (stage) =>
        void (await stage.notice(number, 'closed')),
  ],
  [
    /^(\w+)'s call ends with (\d{3})$/,
    (number = '', status) =>
      async (stage) => {
        expect((await stage.notice(number, 'closed')).status).toBe(Number(status));
      },
  ],
  [
    /^(\w+) sends the digits (\S+)$/,
    (number = '', digits = '') =>
      async (stage) =>
        await stage.phone(number).sendDtmf(digits),
  ],
  [
    /^(\w+) holds$/,
    (number = '') =>
      async (stage) =>
        await stage.phone(number).hold(),
  ],
  [
    /^(\w+) resumes$/,
    (number = '') =>
      async (stage) =>
        await stage.phone(number).resume(),
  ],
  [
    /^(\w+) transfers to (\S+)$/,
    (number = '', to = '') =>
      async (stage) =>
        await stage.phone(number).transfer(to),
  ],
  [
    /^(\w+) asks (\S+), and transfers$/,
    (number = '', to = '') =>
      async (stage) =>
        await attendedTransfer(stage.officeOf(number), stage.phone(number), to),
  ],
  [
    /^(Berlin|Lisbon) records (in|out) (\S+): ([\w-]+) (\d+)$/,
    (name, direction, dialed, outcome, cause) => async (stage) => {
      const office = stage.offices[name as OfficeName];
      await expect
        .poll(async () => (await callsOf(office)).find((call) => call.direction === direction))
        .toMatchObject({ dialed, outcome, cause: Number(cause), endedAt: expect.anything() });
    },
  ],
  [
    /^(Berlin|Lisbon)'s service (hangs|goes on)$/,
    (name, what) => async (stage) =>
      stage.offices[name as OfficeName].service.kill(what === 'hangs' ? 'SIGSTOP' : 'SIGCONT'),
  ],
  [
    /^(Berlin|Lisbon)'s service is killed, and starts again$/,
    (name) => async (stage) => {
      const office = stage.offices[name as OfficeName];
      office.service.kill('SIGKILL');
      await office.service.ended;
      await office.startService();
    },
  ],
];

/** What a step does. Throws for a sentence that the vocabulary does not have. */
export function actionFor(step: string): Action {
  for (const [sentence, action] of vocabulary) {
    const match = sentence.exec(step);
    if (match !== null) return action(...match.slice(1));
  }
  throw new Error(`no such step: ${step}`);
}
