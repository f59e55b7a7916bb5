import { afterAll, beforeAll, expect, test } from 'vitest';
import type { z } from 'zod';
import { findings, type interlinks, type remoteNumbers } from '../../src/admin/schema.ts';
import { AdminClient } from '../../src/cli/client.ts';
import { linkOffices } from '../rig/linking.ts';
import { startOffice, type Office } from '../rig/office.ts';
import { dialInVain, hangUp, talk, untilIdle } from '../rig/talk.ts';

const soon = { timeout: 20_000, interval: 300 };

let berlin: Office;
let lisbon: Office;

beforeAll(async () => {
  [berlin, lisbon] = await Promise.all([
    startOffice({
      name: 'Berlin',
      numbers: [{ number: '101', name: 'Reception' }, { number: '102' }],
      phones: { '101': 1000, '102': 700 },
      settings: { dialing: { ownPrefix: '81' } },
    }),
    startOffice({
      name: 'Lisbon',
      numbers: [
        { number: '101', name: 'Receção' },
        { number: '190', private: true },
      ],
      phones: { '101': 440 },
    }),
  ]);
  await linkOffices(berlin, lisbon);
});

afterAll(() => Promise.all([berlin, lisbon].map((office) => office?.stop())));

test('a number that both have: dialed with the prefix it rings there, alone it rings here', async () => {
  const given = await berlin.interlinks('prefix', 'Lisbon', '82');
  expect(given).toMatchObject({ code: 0, output: '82 and a number rings that number at "Lisbon".\n' });
  await talk(berlin.phone('102'), '82101', lisbon.phone('101'));
  await hangUp(berlin.phone('102'), lisbon.phone('101'));
  await talk(berlin.phone('102'), '101', berlin.phone('101'));
  await hangUp(berlin.phone('102'), berlin.phone('101'));
  await Promise.all([berlin, lisbon].map(untilIdle));
});

test('the caller of a clashing number is shown with the prefix, and calling that back rings the right phone', async () => {
  expect((await lisbon.interlinks('prefix', 'Berlin', '81')).code).toBe(0);
  const { shown } = await talk(berlin.phone('101'), '82101', lisbon.phone('101'));
  expect(shown).toEqual({ number: '81101', name: 'Berlin: Reception' });
  await hangUp(berlin.phone('101'), lisbon.phone('101'));
  await talk(lisbon.phone('101'), shown.number, berlin.phone('101'));
  await hangUp(lisbon.phone('101'), berlin.phone('101'));
});

test('a caller whose number reaches it as it is is shown without', async () => {
  const { shown } = await talk(berlin.phone('102'), '82101', lisbon.phone('101'));
  expect(shown.number).toBe('102');
  await hangUp(berlin.phone('102'), lisbon.phone('101'));
});

test('the own prefix, dialed by habit, stays here', async () => {
  await talk(berlin.phone('102'), '81101', berlin.phone('101'));
  await hangUp(berlin.phone('102'), berlin.phone('101'));
  expect(await dialInVain(berlin.phone('102'), '81190')).toMatchObject({ status: 404 });
});

test('a private number does not exist behind a prefix either', async () => {
  expect(await dialInVain(berlin.phone('101'), '82190')).toMatchObject({ status: 404 });
  expect(await dialInVain(berlin.phone('101'), '82191')).toMatchObject({ status: 404 });
});

test('lists show the prefix, and how a number with a clash is dialed', async () => {
  const { interlinks: all } = await berlin.json<z.infer<typeof interlinks>>('list');
  expect(all).toMatchObject([{ name: 'Lisbon', prefix: '82' }]);
  await expect
    .poll(async () => {
      const remote = await berlin.json<z.infer<typeof remoteNumbers>>('number', 'list', '--remote');
      return remote.numbers.map(({ number, reach, dial }) => ({ number, reach, dial }));
    }, soon)
    .toEqual([{ number: '101', reach: 'local-wins', dial: '82101' }]);
  expect((await berlin.interlinks('number', 'list', '--remote')).output).toContain('82101 rings there');
});

test.each([
  ['+49', 'prefix-invalid'],
  ['8', 'prefix-taken'],
])('the prefix %s is refused: %s', async (prefix, code) => {
  const refused = await berlin.interlinks('prefix', 'Lisbon', prefix);
  expect(refused.code).toBe(1);
  expect(refused.output).toContain(`[${code}]`);
});

test('an own prefix that comes to clash with it is told by doctor', async () => {
  const client = new AdminClient({ host: berlin.address, port: 8420, dataDir: berlin.dataDir });
  const clashes = async (): Promise<readonly string[]> =>
    (await client.get('/problems', findings)).findings
      .filter(({ id }) => id === 'prefix-clash')
      .map(({ where }) => where);
  await berlin.configure({ settings: { dialing: { ownPrefix: '82' } } });
  await expect.poll(clashes, soon).toEqual(['Lisbon']);
  await berlin.configure({ settings: { dialing: { ownPrefix: '81' } } });
  await expect.poll(clashes, soon).toEqual([]);
});

test('taken away, nothing is asked behind it', async () => {
  expect((await berlin.interlinks('prefix', 'Lisbon', 'off')).output).toBe(
    '"Lisbon" has no prefix any more.\n',
  );
  expect(await dialInVain(berlin.phone('101'), '82101')).toMatchObject({ status: 404 });
});
