import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { changePassword } from '../rig/lock-out.ts';
import { startOffice, type Office } from '../rig/office.ts';
import { dialInVain, hangUp, talk, untilIdle } from '../rig/talk.ts';

const SOON = { timeout: 15_000, interval: 100 };

let berlin: Office;

beforeAll(async () => {
  berlin = await startOffice({
    name: 'Berlin',
    numbers: [{ number: '101' }],
    phones: { '101': 1000, '150': 440 },
  });
});

afterAll(() => berlin.stop());

/** Writes the numbers into interlinks.yaml, and waits until the service has them. */
async function reconfigure(...numbers: readonly string[]): Promise<void> {
  const times = (): number => berlin.service.output().split('configuration taken over').length;
  const before = times();
  await berlin.configure({ numbers: numbers.map((number) => ({ number })) });
  await vi.waitUntil(() => times() > before, SOON);
}

async function untilStatus(pattern: RegExp): Promise<void> {
  await vi.waitUntil(async () => pattern.test((await berlin.interlinks('status')).output), SOON);
}

async function inAstDb(number: string): Promise<boolean> {
  return !/not found/.test(await berlin.pbx.asterisk.cli(`database get interlinks number/${number}`));
}

test('without AMI calls and changes go on, it is said, and AstDB catches up', async () => {
  const [reception, other] = [berlin.phone('101'), berlin.phone('150')];
  await changePassword(berlin, 'manager.conf', 'secret=ami-secret', 'secret=another');
  await untilStatus(/Asterisk +connected, AMI not: .* refuses the user interlinks/);
  await reconfigure('101', '150');
  await talk(reception, '150', other);
  await hangUp(reception, other);
  expect(await inAstDb('150')).toBe(false);
  await changePassword(berlin, 'manager.conf', 'secret=another', 'secret=ami-secret');
  await untilStatus(/^Asterisk +connected$/m);
  expect(await inAstDb('150')).toBe(true);
  await untilIdle(berlin);
});

test('without ARI AstDB has the changes, and numbers ring by it', async () => {
  const [reception, other] = [berlin.phone('101'), berlin.phone('150')];
  await changePassword(berlin, 'ari.conf', 'password=ari-secret', 'password=another');
  await untilStatus(/Asterisk +not connected: .* refuses the ARI user/);
  await reconfigure('150');
  await vi.waitUntil(async () => !(await inAstDb('101')), SOON);
  await talk(reception, '150', other);
  await hangUp(reception, other);
  expect(await dialInVain(other, '101')).toMatchObject({ status: 503 });
  await changePassword(berlin, 'ari.conf', 'password=another', 'password=ari-secret');
  await untilStatus(/^Asterisk +connected$/m);
  expect(await dialInVain(other, '101')).toMatchObject({ status: 404 });
});
