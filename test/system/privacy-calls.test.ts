import { afterAll, beforeAll, expect, test } from 'vitest';
import { linkOffices } from '../rig/linking.ts';
import { startOffice, type Office } from '../rig/office.ts';
import { sipRequest } from '../rig/sipp.ts';
import { untilIdle } from '../rig/talk.ts';

const NUMBER = '202';
const TOGGLES = 4;
const CALLERS = 3;
/** Calls that begin after each change before the next one. */
const CALLS_BETWEEN = 6;
/** Whoever picks up there is busy; nobody there is, for whom the number does not exist. */
const BUSY = 486;
const UNKNOWN = 404;

let berlin: Office;
let lisbon: Office;

beforeAll(async () => {
  [berlin, lisbon] = await Promise.all([
    startOffice({ name: 'Berlin', numbers: [{ number: '150' }], accounts: ['150'] }),
    startOffice({
      name: 'Lisbon',
      numbers: [{ number: NUMBER, dialplan: `engaged,${NUMBER},1` }],
      pbx: {
        outbound: `exten => _[0-9*#]!,1,Hangup(1)

[engaged]
exten => _[0-9*#]!,1,Hangup(17)`,
      },
    }),
  ]);
  await linkOffices(berlin, lisbon);
});

afterAll(() => Promise.all([berlin.stop(), lisbon.stop()]));

interface Call {
  readonly beganAt: number;
  readonly status: number | undefined;
}

async function call(): Promise<Call> {
  const beganAt = performance.now();
  const { status } = await sipRequest({
    method: 'INVITE',
    server: `${berlin.address}:5060`,
    to: NUMBER,
    from: '150',
    credentials: { user: '150', password: 'phone' },
  });
  return { beganAt, status };
}

test(
  'while calls pour in, privacy is in force for the next one that begins',
  { timeout: 240_000 },
  async () => {
    const calls: Call[] = [];
    const done = new AbortController();
    const callers = Array.from({ length: CALLERS }, async () => {
      while (!done.signal.aborted) calls.push(await call());
    });
    const since = (from: number): readonly Call[] =>
      calls.filter(({ beganAt, status }) => beganAt >= from && status !== undefined);

    const windows: { status: number; from: number; to: number }[] = [];
    try {
      for (let toggle = 0; toggle < TOGGLES; toggle += 1) {
        const hidden = toggle % 2 === 0;
        const { code } = await lisbon.interlinks('number', 'private', NUMBER, hidden ? 'on' : 'off');
        expect(code).toBe(0);
        const from = performance.now();
        await expect
          .poll(() => since(from).length, { timeout: 60_000 })
          .toBeGreaterThanOrEqual(CALLS_BETWEEN);
        windows.push({ status: hidden ? UNKNOWN : BUSY, from, to: performance.now() });
      }
    } finally {
      done.abort();
      await Promise.all(callers);
      await Promise.all([untilIdle(berlin), untilIdle(lisbon)]);
    }

    for (const { status, from, to } of windows) {
      const within = since(from).filter(({ beganAt }) => beganAt < to);
      expect(new Set(within.map((one) => one.status))).toEqual(new Set([status]));
    }
  },
);
