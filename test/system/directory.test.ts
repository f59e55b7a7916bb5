import { afterAll, beforeAll, expect, test } from 'vitest';
import type { z } from 'zod';
import { remoteNumbers, route } from '../../src/admin/schema.ts';
import { linkOffices } from '../rig/linking.ts';
import { startOffice, type Office } from '../rig/office.ts';
import { dialInVain, hangUp, talk, untilIdle } from '../rig/talk.ts';

const SOON = { timeout: 20_000, interval: 300 };

const lisbonNumbers = [
  { number: '201', name: 'Amália' },
  { number: '150', name: 'Warehouse' },
  { number: '202', name: 'Lab' },
  { number: '301', name: 'Lisbon too' },
  { number: '290', name: 'Server room', private: true },
];

let berlin: Office;
let lisbon: Office;
let porto: Office;

beforeAll(async () => {
  [berlin, lisbon, porto] = await Promise.all([
    startOffice({
      name: 'Berlin',
      numbers: [{ number: '101', name: 'Reception' }, { number: '150' }],
      phones: { '101': 1000 },
    }),
    startOffice({ name: 'Lisbon', numbers: lisbonNumbers, phones: { '201': 440 } }),
    startOffice({ name: 'Porto', numbers: [{ number: '301', name: 'Porto too' }, { number: '401' }] }),
  ]);
  await linkOffices(berlin, lisbon);
  const key = (await berlin.interlinks('key', 'new', 'Porto')).output.trim();
  await porto.interlinks('link', 'Berlin', key);
});

afterAll(async () => {
  porto.service.kill('SIGCONT');
  await Promise.all([berlin, lisbon, porto].map((office) => office.stop()));
});

/** Such as `201 Amália, Lisbon: dialable`. */
async function remoteOf(office: Office): Promise<readonly string[]> {
  const { numbers } = remoteNumbers.parse(
    await office.json<z.input<typeof remoteNumbers>>('number', 'list', '--remote'),
  );
  return numbers.map(
    ({ number, name, interlink, reach, winner }) =>
      `${number}${name === undefined ? '' : ` ${name}`}, ${interlink}: ${reach}${winner === undefined ? '' : ` ${winner}`}`,
  );
}

async function explain(number: string): Promise<z.infer<typeof route>> {
  return route.parse(await berlin.json<z.input<typeof route>>('route', number));
}

test('what linked systems share is listed, with clashes and who wins', async () => {
  await expect
    .poll(() => remoteOf(berlin), SOON)
    .toEqual([
      '150 Warehouse, Lisbon: local-wins',
      '201 Amália, Lisbon: dialable',
      '202 Lab, Lisbon: dialable',
      '301 Lisbon too, Lisbon: dialable',
      '301 Porto too, Porto: interlink-wins Lisbon',
      '401, Porto: dialable',
    ]);
  const { output } = await berlin.interlinks('number', 'list', '--remote');
  expect(output).toMatch(/150 +Warehouse +Lisbon +clash: the number here wins/);
  expect(output).toMatch(/301 +Porto too +Porto +clash: Lisbon wins/);
});

test('nobody lists what is private, or what a system heard from another', async () => {
  await expect
    .poll(() => remoteOf(lisbon), SOON)
    .toEqual(['101 Reception, Berlin: dialable', '150, Berlin: local-wins']);
  await expect
    .poll(() => remoteOf(porto), SOON)
    .toEqual(['101 Reception, Berlin: dialable', '150, Berlin: dialable']);
});

test('only those are asked that have the number', async () => {
  expect((await explain('201')).steps.slice(2)).toEqual([
    'Lisbon lists it, was asked, has it and lets this call in.',
    'Not asked, since it is not among what they share: Porto.',
  ]);
  expect((await explain('299')).steps.slice(2)).toEqual([
    'Not asked, since it is not among what they share: Lisbon, Porto.',
  ]);
  // Private: exactly as a number that nobody has.
  expect((await explain('290')).steps.slice(2)).toEqual((await explain('299')).steps.slice(2));
});

test('a number made private in the file is gone at the other side, and so is one taken out', async () => {
  await lisbon.configure({
    numbers: [
      ...lisbonNumbers.filter(({ number }) => number !== '202' && number !== '301'),
      { number: '202', name: 'Lab', private: true },
    ],
  });
  await lisbon.service.stop();
  await lisbon.startService();
  await expect
    .poll(() => remoteOf(berlin), SOON)
    .toEqual([
      '150 Warehouse, Lisbon: local-wins',
      '201 Amália, Lisbon: dialable',
      '301 Porto too, Porto: dialable',
      '401, Porto: dialable',
    ]);
});

test('a peer that hangs delays no call to a number that it does not have', async () => {
  await expect.poll(async () => (await explain('201')).outcome, SOON).toBe('trunk');
  porto.service.kill('SIGSTOP');
  for (let call = 0; call < 2; call += 1) {
    await talk(berlin.phone('101'), '201', lisbon.phone('201'));
    await hangUp(berlin.phone('101'), lisbon.phone('201'));
    await Promise.all([untilIdle(berlin), untilIdle(lisbon)]);
    expect((await explain('201')).steps.filter((step) => step.includes('Porto'))).toEqual([
      expect.stringMatching(/^(Not asked|Away, and not waited for), since it (is|was) not among/),
    ]);
  }
});

test('a number of a peer that is away is no wrong number; others are', async () => {
  await expect
    .poll(async () => (await explain('401')).steps.at(-2), SOON)
    .toMatch(/^Porto listed it, is away/);
  expect((await explain('401')).summary).toContain('cause 38');
  expect((await explain('998')).summary).toContain('cause 1');
  expect((await explain('998')).steps).toContain(
    'Away, and not waited for, since it was not among what they shared: Porto.',
  );
  expect(await dialInVain(berlin.phone('101'), '998')).toMatchObject({ status: 404 });
  await untilIdle(berlin);
});

test('after a restart the directory of a peer that is away is still known', async () => {
  await berlin.service.stop();
  await berlin.startService();
  await expect.poll(() => remoteOf(berlin), SOON).toContain('401, Porto: dialable');
});
