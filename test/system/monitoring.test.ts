import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { takeLockAway } from '../rig/database-lock.ts';
import { ask, scrape } from '../rig/exposition.ts';
import { linkOffices } from '../rig/linking.ts';
import { startOffice, type Office } from '../rig/office.ts';
import { startPostgres, type Postgres } from '../rig/postgres.ts';
import type { RunningProcess } from '../rig/process.ts';
import { dialInVain, hangUp, talk } from '../rig/talk.ts';
import { within } from '../rig/wait.ts';

const BACK_MS = 20_000;

let postgres: Postgres;
let url: string;
let berlin: Office;
let lisbon: Office;

beforeAll(async () => {
  postgres = await startPostgres();
  url = await postgres.createDatabase();
  [berlin, lisbon] = await Promise.all([
    startOffice({
      name: 'Berlin',
      numbers: [{ number: '101' }],
      phones: { '101': 1000 },
      settings: { database: { url } },
    }),
    startOffice({ name: 'Lisbon', numbers: [{ number: '201' }], phones: { '201': 440 } }),
  ]);
  await linkOffices(berlin, lisbon);
});

afterAll(async () => {
  await Promise.all([berlin, lisbon].map((office) => office.stop()));
  await postgres.stop();
});

type Line = Readonly<Record<string, unknown>>;

function linesOf(service: RunningProcess): readonly Line[] {
  return service
    .output()
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Line);
}

/** Waits until an office says with this status whether it is ready, and gives the codes of the reasons. */
async function untilReadiness(office: Office, status: 200 | 503): Promise<readonly string[]> {
  await expect
    .poll(async () => (await ask(office, '/readyz')).status, { timeout: BACK_MS, interval: 50 })
    .toBe(status);
  const { reasons } = JSON.parse((await ask(office, '/readyz')).text) as {
    reasons: { code: string; message: string; remedy: string }[];
  };
  for (const { message, remedy } of reasons) expect(`${message} ${remedy}`).toMatch(/^[A-Z].+ .+$/);
  return reasons.map(({ code }) => code);
}

describe('a call between two offices', () => {
  test('has one id in the logs of both, with a line for each thing that happened', async () => {
    await talk(berlin.phone('101'), '201', lisbon.phone('201'));
    expect((await scrape(berlin)).value('interlinks_calls_active', { direction: 'out' })).toBe(1);
    expect((await scrape(lisbon)).value('interlinks_calls_active', { direction: 'in' })).toBe(1);
    await hangUp(berlin.phone('101'), lisbon.phone('201'));
    for (const office of [berlin, lisbon]) await office.service.waitForLine(/"call ended"/, 5000);
    const callId = linesOf(berlin.service).find(({ msg }) => msg === 'call')?.['callId'];
    expect(callId).toMatch(/^[0-9a-f-]{36}$/);
    const [here, there] = [berlin, lisbon].map((office) =>
      linesOf(office.service).filter((line) => line['callId'] === callId),
    );
    // Phones of the rig answer at once: when it rang is told with the end.
    expect(here?.map(({ msg }) => msg)).toEqual(['call', 'call answered', 'call ended']);
    expect(there?.map(({ msg }) => msg)).toEqual([
      'call from a linked system',
      'call answered',
      'call ended',
    ]);
    expect(here?.[0]).toMatchObject({ dialed: '201', route: 'trunk to Lisbon' });
    for (const line of [here?.at(-1), there?.at(-1)]) {
      expect(line).toMatchObject({
        level: 30,
        outcome: 'answered',
        cause: 16,
        rangAfterSeconds: expect.any(Number),
        talkedSeconds: expect.any(Number),
      });
    }
    expect([here?.at(-1)?.['direction'], there?.at(-1)?.['direction']]).toEqual(['out', 'in']);
  });

  test('is counted on both sides under the name of the interlink there', async () => {
    const [out, into] = [await scrape(berlin), await scrape(lisbon)];
    const answered = { outcome: 'answered' };
    const calls = 'interlinks_calls_total';
    expect(out.value(calls, { ...answered, interlink: 'Lisbon', direction: 'out' })).toBe(1);
    expect(into.value(calls, { ...answered, interlink: 'Berlin', direction: 'in' })).toBe(1);
    expect(out.value('interlinks_lookup_duration_seconds_count', { answer: 'shared' })).toBe(1);
    expect(out.value('interlinks_post_dial_delay_seconds_count', { direction: 'out' })).toBe(1);
    expect(into.value('interlinks_post_dial_delay_seconds_count', { direction: 'in' })).toBe(1);
    expect(out.value('interlinks_calls_active', { direction: 'out' })).toBe(0);
    expect(into.value('interlinks_calls_active', { direction: 'in' })).toBe(0);
    expect(out.value('interlinks_peer_up', { interlink: 'Lisbon' })).toBe(1);
    expect(Math.abs(out.value('interlinks_clock_skew_seconds', { interlink: 'Lisbon' }) ?? 99)).toBeLessThan(
      5,
    );
  });

  test('that finds the phone busy is counted as that', async () => {
    lisbon.phone('201').manner = 'busy';
    await dialInVain(berlin.phone('101'), '201');
    const labels = { interlink: 'Lisbon', direction: 'out', outcome: 'busy' };
    await expect.poll(async () => (await scrape(berlin)).value('interlinks_calls_total', labels)).toBe(1);
  });
});

test('the metrics follow an interlink through rename and deletion', async () => {
  const porto = await startOffice({ name: 'Porto', numbers: [{ number: '301' }] });
  try {
    await linkOffices(lisbon, porto);
    await porto.json('rename', 'Lisbon', 'Lisboa');
    const renamed = await scrape(porto);
    expect(renamed.value('interlinks_peer_up', { interlink: 'Lisboa' })).toBe(1);
    expect(renamed.text).not.toContain('interlink="Lisbon"');
    await porto.json('delete', 'Lisboa', '--yes');
    expect((await scrape(porto)).text).not.toContain('interlink="Lis');
    await expect.poll(async () => (await scrape(lisbon)).text).not.toContain('interlink="Porto"');
  } finally {
    await porto.stop();
  }
});

test('a configuration that is refused shows, until it is valid again', async () => {
  const successful = async (): Promise<number | undefined> =>
    (await scrape(lisbon)).value('interlinks_config_last_reload_successful');
  expect(await successful()).toBe(1);
  const before = await readFile(lisbon.configFile, 'utf8');
  await writeFile(lisbon.configFile, `${before}\nnonsense: true\n`);
  await expect.poll(successful, { timeout: BACK_MS }).toBe(0);
  expect((await ask(lisbon, '/readyz')).status).toBe(200);
  await writeFile(lisbon.configFile, before);
  await expect.poll(successful, { timeout: BACK_MS }).toBe(1);
});

describe('readiness', () => {
  test('is there when Asterisk and the database are', async () => {
    expect(await untilReadiness(berlin, 200)).toEqual([]);
    expect((await ask(berlin, '/healthz')).status).toBe(200);
  });

  test.each([
    ['is killed', 'SIGKILL'],
    ['hangs', 'SIGSTOP'],
  ] as const)('is gone while Asterisk %s, and back with it', async (_, signal) => {
    berlin.pbx.asterisk.kill(signal);
    const reasons = await untilReadiness(berlin, 503);
    expect(['ari-unreachable', 'asterisk-setup']).toEqual(expect.arrayContaining([...reasons]));
    expect(reasons).toHaveLength(1);
    const down = await scrape(berlin);
    expect(down.value('interlinks_asterisk_up')).toBe(0);
    expect(down.value('interlinks_database_up')).toBe(1);
    expect((await ask(berlin, '/healthz')).status).toBe(200);
    if (signal === 'SIGSTOP') berlin.pbx.asterisk.kill('SIGCONT');
    else await berlin.pbx.asterisk.restart();
    await untilReadiness(berlin, 200);
    expect((await scrape(berlin)).value('interlinks_asterisk_up')).toBe(1);
  });

  test('stays while AMI lets the service in no more, which the metrics tell', async () => {
    const { asterisk } = berlin.pbx;
    const text = await readFile(join(asterisk.directory, 'etc/manager.conf'), 'utf8');
    const amiUp = async (): Promise<number | undefined> => (await scrape(berlin)).value('interlinks_ami_up');
    expect(await amiUp()).toBe(1);
    for (const [content, up] of [
      [text.replace(/secret=.*/, 'secret=another'), 0],
      [text, 1],
    ] as const) {
      await asterisk.writeFile('manager.conf', content);
      await asterisk.cli('manager reload');
      await expect.poll(amiUp, { timeout: BACK_MS }).toBe(up);
    }
    expect(await untilReadiness(berlin, 200)).toEqual([]);
  });

  test('is gone while PostgreSQL is, and back with it', async () => {
    await postgres.halt();
    expect(await untilReadiness(berlin, 503)).toEqual(['database-unreachable']);
    const down = await scrape(berlin);
    expect(down.value('interlinks_database_up')).toBe(0);
    expect(down.value('interlinks_asterisk_up')).toBe(1);
    expect((await ask(berlin, '/healthz')).status).toBe(200);
    await postgres.restart();
    expect(await untilReadiness(berlin, 200)).toEqual([]);
    expect((await scrape(berlin)).value('interlinks_database_up')).toBe(1);
  });
});

test('a service whose database another one has taken ends, and says so as one that cannot start', async () => {
  const rival = await takeLockAway(url);
  const { code, output } = await within(BACK_MS, 'the service did not end', berlin.service.ended);
  await rival.end();
  expect(code).toBe(1);
  expect(output).toMatch(/"msg":"stopped"/);
  expect(output.trim().split('\n').at(-1)).toMatch(/^interlinks: Another .+ \[database-in-use\]$/);
  await berlin.startService();
});
