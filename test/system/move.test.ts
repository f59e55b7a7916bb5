import { afterAll, beforeAll, expect, test } from 'vitest';
import { linkOffices } from '../rig/linking.ts';
import { startOffice, type Office, type OfficeOptions } from '../rig/office.ts';
import { hangUp, talk } from '../rig/talk.ts';
import { expectHealth, watchOffice } from '../rig/watching.ts';

const berlinOptions: OfficeOptions = { name: 'Berlin', numbers: [{ number: '101' }], phones: { 101: 440 } };

let berlin: Office;
let lisbon: Office;

beforeAll(async () => {
  [berlin, lisbon] = await Promise.all([
    startOffice(berlinOptions),
    startOffice({ name: 'Lisbon', numbers: [{ number: '201' }], phones: { 201: 1000 } }),
  ]);
  await linkOffices(berlin, lisbon);
});

afterAll(() => Promise.all([berlin, lisbon].map((office) => office.stop())));

/** Berlin with its data on another machine: service and PBX have another address. */
async function moveBerlin(): Promise<void> {
  const old = berlin;
  await old.service.stop();
  berlin = await startOffice({ ...berlinOptions, data: old.dataDir });
  await old.stop();
  expect(berlin.address).not.toBe(old.address);
}

async function expectCallsBothWays(): Promise<void> {
  const watching = await watchOffice(lisbon);
  await expectHealth(watching, 'Berlin', 'green');
  await watching.stop();
  for (const [from, number, to] of [
    [berlin.phone('101'), '201', lisbon.phone('201')],
    [lisbon.phone('201'), '101', berlin.phone('101')],
  ] as const) {
    await talk(from, number, to);
    await hangUp(from, to);
  }
}

async function peerInLisbon(): Promise<{ url: string; trunkAddress: string } | undefined> {
  const { interlinks } = await lisbon.json<{ interlinks: { peer: { url: string; trunkAddress: string } }[] }>(
    'list',
  );
  return interlinks[0]?.peer;
}

test('a system that moves to another address takes its interlinks along', async () => {
  await moveBerlin();
  await expectCallsBothWays();
  expect(await peerInLisbon()).toMatchObject({
    url: `https://${berlin.address}:8443`,
    trunkAddress: `${berlin.address}:5071`,
  });
});

test('the peer may be away meanwhile, and it learns it when it is back', async () => {
  await lisbon.service.stop();
  await moveBerlin();
  await lisbon.startService();
  await expectCallsBothWays();
  expect(await peerInLisbon()).toMatchObject({ url: `https://${berlin.address}:8443` });
});
