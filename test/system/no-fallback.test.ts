import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { linkInClear } from '../rig/linking.ts';
import { startOffice, type Office } from '../rig/office.ts';
import { sipRequest } from '../rig/sipp.ts';
import { dialInVain, hangUp, talk, untilIdle } from '../rig/talk.ts';
import { trunkCredentials } from '../rig/trunk-credentials.ts';

/** The T extension takes a channel out of a hung service after 2 s; the rest is for a busy machine. */
const SOON_MS = 5000;

let berlin: Office;
let lisbon: Office;

beforeAll(async () => {
  [berlin, lisbon] = await Promise.all([
    startOffice({ name: 'Berlin', numbers: [{ number: '101' }], phones: { '101': 1000 } }),
    startOffice({
      name: 'Lisbon',
      numbers: [{ number: '201' }],
      phones: { '201': 440 },
      // Where calls of Lisbon's own phones go without the service; calls over the trunk never do.
      settings: { dialing: { notFound: 'outbound,${EXTEN},1' } },
      pbx: { outbound: 'exten => _[0-9*#]!,1,Dial(PJSIP/201)' },
    }),
  ]);
  // sipp calls without encryption.
  await linkInClear(berlin, lisbon);
});

afterAll(() => Promise.all([berlin.stop(), lisbon.stop()]));

afterEach(async () => {
  for (const office of [berlin, lisbon]) {
    await office.service.stop('SIGKILL');
    await office.startService();
  }
  await Promise.all([untilIdle(berlin), untilIdle(lisbon)]);
});

/** A call from Berlin that reaches Lisbon's trunk. */
async function arrive(): Promise<{ status: number | undefined; cause: number | undefined; ms: number }> {
  const credentials = await trunkCredentials(berlin);
  const server = `${lisbon.address}:${lisbon.pbx.trunkPort}`;
  const began = performance.now();
  const request = { method: 'INVITE', server, to: '201', from: credentials.user, credentials } as const;
  const { status, cause } = await sipRequest(request);
  return { status, cause, ms: performance.now() - began };
}

describe('a call that arrives while the service is away is refused as by a system that is away, and nothing rings:', () => {
  test.each(['SIGTERM', 'SIGKILL', 'SIGSTOP'] as const)('%s', async (signal) => {
    const from = lisbon.phone('201').events.list.length;
    if (signal === 'SIGSTOP') lisbon.service.kill(signal);
    else await lisbon.service.stop(signal);
    const { status, cause, ms } = await arrive();
    expect({ status, cause }).toEqual({ status: 500, cause: 38 });
    expect(ms).toBeLessThan(SOON_MS);
    expect(lisbon.phone('201').events.list.slice(from)).toEqual([]);
    await untilIdle(lisbon);
  });
});

test('a call to a linked system is let go by a service that hangs, as a fault and not as declined', async () => {
  berlin.service.kill('SIGSTOP');
  expect(await dialInVain(berlin.phone('101'), '201', SOON_MS)).toMatchObject({ status: 503 });
});

test('calls in progress outlive both services, and end on both sides', async () => {
  const [caller, called] = [berlin.phone('101'), lisbon.phone('201')];
  await talk(caller, '201', called);
  await Promise.all([berlin.service.stop('SIGKILL'), lisbon.service.stop('SIGKILL')]);
  const from = called.events.list.length;
  await caller.sendDtmf('5');
  expect(await called.waitFor('dtmf', { from })).toMatchObject({ detail: '5' });
  await hangUp(called, caller);
  await Promise.all([untilIdle(berlin), untilIdle(lisbon)]);
});
