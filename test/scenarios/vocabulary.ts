import { expect } from 'vitest';
import type { PhoneManner } from '../rig/phone.ts';
import type { Office } from '../rig/office.ts';
import { callsOf } from '../rig/records.ts';
import { sipRequest } from '../rig/sipp.ts';
import { dialInVain, untilHeard } from '../rig/talk.ts';
import { letIn, lockOut } from '../rig/lock-out.ts';
import { measured } from '../rig/measured.ts';
import { attendedTransfer } from '../rig/transfer.ts';
import { expectHealth } from '../rig/watching.ts';
import type { OfficeName } from './scenario.ts';
import type { Stage } from './stage.ts';

type Action = (stage: Stage) => Promise<void>;

/** So many times longer than promised a busy machine may take; how long it took is printed. */
const BUSY = 3;

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
    /^(\w+)'s call ends within (\d+) s(?: with (\d{3}))?$/,
    (number = '', seconds = '', status = '') =>
      async (stage) => {
        const promised = `the call of ${number} has ended (promised: within ${seconds} s)`;
        await measured(promised, async () => {
          const closed = await stage.notice(number, 'closed', Number(seconds) * 1000 * BUSY);
          expect(closed.status).toBe(status === '' ? undefined : Number(status));
        });
      },
  ],
  [
    /^(Berlin|Lisbon) records (in|out) (\S+): ([\w-]+) (\S+)$/,
    (name, direction, dialed, outcome, cause) => async (stage) => {
      const recorded = async (): Promise<string> => {
        const calls = await recordsOf(stage, name);
        const call = calls.find((one) => one.direction === direction);
        return `${call?.dialed} ${call?.outcome} ${call?.endedAt === undefined ? '' : call.cause}`;
      };
      await expect.poll(recorded).toMatch(new RegExp(`^${dialed} ${outcome} ${cause}$`));
    },
  ],
  [
    /^(Berlin|Lisbon) shows the call to (\S+) as answered$/,
    (name, dialed) => async (stage) => {
      const latest = async (): Promise<unknown> => (await recordsOf(stage, name))[0];
      await expect.poll(latest).toMatchObject({ dialed, answeredAt: expect.any(String) });
    },
  ],
  [
    /^(Berlin|Lisbon) has (\d+) records?$/,
    (name, count) => async (stage) => {
      expect(await recordsOf(stage, name)).toHaveLength(Number(count));
    },
  ],
  [
    /^(Berlin|Lisbon) is (green|amber|red) at (Berlin|Lisbon)$/,
    (other = '', colour, name) =>
      async (stage) =>
        await expectHealth(stage.watching[name as OfficeName], other, colour as 'green' | 'amber' | 'red'),
  ],
  [
    // Nothing of it answers any more, and nothing is refused.
    /^(Berlin|Lisbon) vanishes$/,
    (name) => async (stage) => {
      const { service, pbx } = officeNamed(stage, name);
      for (const part of [service, pbx.asterisk]) part.kill('SIGSTOP');
    },
  ],
  [
    /^(Berlin|Lisbon) is back$/,
    (name) => async (stage) => {
      const { service, pbx } = officeNamed(stage, name);
      for (const part of [service, pbx.asterisk]) part.kill('SIGCONT');
      const seconds = Math.floor(Date.now() / 1000);
      const heartbeat = async (): Promise<number> => {
        const globals = await pbx.asterisk.cli('dialplan show globals');
        return Number(/IL_HEARTBEAT=(\d+)/.exec(globals)?.[1]);
      };
      await measured(`${name} takes calls again`, async () => {
        await expect.poll(heartbeat).toBeGreaterThanOrEqual(seconds);
      });
    },
  ],
  [
    /^(Berlin|Lisbon)'s service (hangs|goes on)$/,
    (name, what) => async (stage) =>
      officeNamed(stage, name).service.kill(what === 'hangs' ? 'SIGSTOP' : 'SIGCONT'),
  ],
  [
    /^(Berlin|Lisbon)'s Asterisk (hangs|goes on)$/,
    (name, what) => async (stage) =>
      officeNamed(stage, name).pbx.asterisk.kill(what === 'hangs' ? 'SIGSTOP' : 'SIGCONT'),
  ],
  [
    /^(Berlin|Lisbon)'s service is killed$/,
    (name) => async (stage) => void (await officeNamed(stage, name).service.stop('SIGKILL')),
  ],
  [
    /^(Berlin|Lisbon)'s service starts$/,
    (name) => async (stage) => void (await officeNamed(stage, name).startService()),
  ],
  [
    /^(Berlin|Lisbon)'s Asterisk restarts$/,
    (name) => async (stage) => await officeNamed(stage, name).pbx.asterisk.restart(),
  ],
  [
    /^(Berlin|Lisbon)'s trunk to (?:Berlin|Lisbon) is there within (\d+) s$/,
    (name, seconds) => async (stage) => {
      const { asterisk } = officeNamed(stage, name).pbx;
      const trunks = async (): Promise<string> =>
        (await asterisk.cli('pjsip show endpoints')) + (await asterisk.cli('iax2 show peers'));
      await expect.poll(trunks, { timeout: Number(seconds) * 1000 }).toMatch(/\bil-\w/);
    },
  ],
  [
    /^(Berlin|Lisbon)'s Asterisk (refuses the service|lets the service in)$/,
    (name, what) => async (stage) =>
      await (what === 'lets the service in' ? letIn : lockOut)(officeNamed(stage, name)),
  ],
];

function officeNamed(stage: Stage, name: string | undefined): Office {
  return stage.offices[name as OfficeName];
}

/** An office's calls since the scenario began, newest first. */
async function recordsOf(stage: Stage, name: string | undefined): ReturnType<typeof callsOf> {
  const calls = await callsOf(officeNamed(stage, name));
  return calls.filter(({ startedAt }) => Date.parse(startedAt) >= stage.beganAt);
}

/** What a step does. Throws for a sentence that the vocabulary does not have. */
export function actionFor(step: string): Action {
  for (const [sentence, action] of vocabulary) {
    const match = sentence.exec(step);
    if (match !== null) return action(...match.slice(1));
  }
  throw new Error(`no such step: ${step}`);
}
