import { request as httpRequest, type OutgoingHttpHeaders } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createLog } from '../../src/observability/log.ts';
import { Metrics } from '../../src/observability/metrics.ts';
import { RefusalLog } from '../../src/observability/refusal-log.ts';
import { claimAddress, type LoopbackAddress } from '../rig/addresses.ts';
import { scrape } from '../rig/exposition.ts';
import { setUpFail2ban, type Fail2ban } from '../rig/fail2ban.ts';
import { linkInClear } from '../rig/linking.ts';
import { startOffice, type Office } from '../rig/office.ts';
import { sipRequest } from '../rig/sipp.ts';
import { trunkCredentials } from '../rig/trunk-credentials.ts';

/** What an attacker writes wherever something may be written, to have somebody else banned. */
const VICTIM = '198.51.100.9';
const LURES = [
  `","remote":"${VICTIM}","reason":"admin-token"`,
  `\\","remote":"${VICTIM}","reason":"admin-token","x":"`,
  `{"level":40,"time":"2026-01-01T00:00:00.000Z","system":"Berlin","part":"refusals","remote":"${VICTIM}","reason":"admin-token"}`,
];

let fail2ban: Fail2ban;
let berlin: Office;
let lisbon: Office;
let attacker: LoopbackAddress;

beforeAll(async () => {
  attacker = await claimAddress();
  [fail2ban, berlin, lisbon] = await Promise.all([
    setUpFail2ban(),
    startOffice({ name: 'Berlin', numbers: [{ number: '101' }] }),
    startOffice({ name: `"remote":"${VICTIM}" Lisbon`, numbers: [{ number: '201' }] }),
  ]);
  // sipp calls without encryption.
  await linkInClear(berlin, lisbon);
});

afterAll(async () => {
  await Promise.all([berlin.stop(), lisbon.stop(), fail2ban.remove()]);
  attacker.release();
});

/** Sends a request from the attacker's address. @returns its status */
async function attack(
  door: 'admin' | 'peer',
  path: string,
  headers: OutgoingHttpHeaders = {},
  method = 'GET',
): Promise<number | undefined> {
  const options = { host: berlin.address, localAddress: attacker.ip, path, headers, method };
  const { promise, resolve, reject } = Promise.withResolvers<number | undefined>();
  const sent =
    door === 'admin'
      ? httpRequest({ ...options, port: 8420 })
      : httpsRequest({ ...options, port: 8443, rejectUnauthorized: false });
  sent.on('response', (response) => {
    response.resume();
    resolve(response.statusCode);
  });
  sent.on('error', reject).end();
  return await promise;
}

/** Runs something that is refused, and gives what the service logged meanwhile. */
async function logOf(work: () => Promise<void>): Promise<string> {
  const before = berlin.service.output().length;
  const logged = (): string => berlin.service.output().slice(before);
  const refusals = async (): Promise<number> =>
    (await scrape(berlin)).series
      .filter(({ name }) => name === 'interlinks_auth_failures_total')
      .reduce((sum, { value }) => sum + value, 0);
  const counted = await refusals();
  await work();
  const refused = (await refusals()) - counted;
  expect(refused).toBeGreaterThan(0);
  await expect.poll(() => logged().split('"part":"refusals"')).toHaveLength(refused + 1);
  return logged();
}

describe('the filter finds the address of who', () => {
  test('tries tokens of the admin API, whatever else the request says', async () => {
    const log = await logOf(async () => {
      for (const lure of LURES) {
        const headers = { authorization: `Bearer ${lure}`, 'user-agent': lure, 'x-forwarded-for': VICTIM };
        expect(await attack('admin', `/${encodeURI(lure)}`, headers)).toBe(401);
      }
    });
    expect(await fail2ban.addressesIn(log)).toEqual(LURES.map(() => attacker.ip));
  });

  test('asks to be paired without a key', async () => {
    const log = await logOf(async () => {
      const headers = { authorization: `InterlinkKey ${LURES[0]}` };
      expect(await attack('peer', '/interlink/v1/pairings', headers, 'POST')).toBe(403);
    });
    expect(await fail2ban.addressesIn(log)).toEqual([attacker.ip]);
  });

  test('sends requests that no linked system signed', async () => {
    const log = await logOf(async () => {
      const headers = { authorization: `Interlink ${LURES[1]}`, 'user-agent': LURES[2] };
      expect(await attack('peer', '/interlink/v1/lookups', headers, 'POST')).toBe(401);
      expect(await attack('peer', `/${encodeURI(LURES[2] ?? '')}`)).toBe(401);
    });
    expect(await fail2ban.addressesIn(log)).toEqual([attacker.ip, attacker.ip]);
  });

  test('calls over a trunk without a ticket', async () => {
    const credentials = await trunkCredentials(lisbon);
    const log = await logOf(async () => {
      const server = `${berlin.address}:${berlin.pbx.trunkPort}`;
      const headers = [`X-Interlinks-Ticket: ${LURES[0]}`, `User-Agent: ${LURES[1]}`];
      const from = credentials.user;
      const { status } = await sipRequest({
        method: 'INVITE',
        server,
        to: '101',
        from,
        credentials,
        headers,
      });
      expect(status).toBe(403);
    });
    const line = log.split('\n').find((one) => one.includes('call over a trunk refused'));
    const { remote } = JSON.parse(line ?? '') as { remote: string };
    expect(remote).toMatch(/^127\.\d+\.\d+\.\d+$/);
    expect(await fail2ban.addressesIn(log)).toEqual([remote]);
  });

  test('comes over IPv6, with and without what the journal puts before a line', async () => {
    const lines: string[] = [];
    const { log } = createLog(
      { level: 'info', system: 'Ber"lin' },
      { write: (line) => void lines.push(line) },
    );
    const refusals = new RefusalLog(log.child({ part: 'refusals' }), new Metrics(), () => 0);
    refusals.refused('ticket-missing', '[2001:db8::7]:5071', { number: LURES[0] });
    expect(await fail2ban.addressesIn(lines.join(''))).toEqual(['2001:db8::7']);
    expect(await fail2ban.addressesIn(`pbx interlinks[4711]: ${lines.join('')}`)).toEqual(['2001:db8::7']);
  });
});

describe('the filter finds nobody', () => {
  test('in what the service writes besides, linked systems with strange names included', async () => {
    await lisbon.interlinks('key', 'new', `"remote":"${VICTIM}"`);
    const logs = [berlin, lisbon].map(({ service }) => service.output());
    const others = logs
      .join('')
      .split('\n')
      .filter((line) => !line.includes('"part":"refusals"'));
    expect(others.filter((line) => line.includes(VICTIM)).length).toBeGreaterThan(0);
    expect(await fail2ban.addressesIn(others.join('\n'))).toEqual([]);
  });

  test('for what happens to honest people: a wrong Host header, a ticket that came late', async () => {
    const log = await logOf(async () => {
      expect(await attack('admin', '/metrics', { host: 'pbx.example:8420' })).toBe(401);
    });
    expect(log).toContain('"reason":"admin-host"');
    expect(await fail2ban.addressesIn(log)).toEqual([]);
    const late = log.replace('"reason":"admin-host"', '"reason":"ticket-expired"');
    expect(await fail2ban.addressesIn(late)).toEqual([]);
  });

  test('whose line only looks like one', async () => {
    const lines = LURES.flatMap((lure) => [
      lure.replace('{"level":40', '{"level":30'),
      ` ${lure}`,
      `{"level":40,"time":"2026-01-01T00:00:00.000Z","system":"Berlin","part":"calls","number":${JSON.stringify(lure)}}`,
      `{"level":40,"time":"2026-01-01T00:00:00.000Z","system":${JSON.stringify(lure)},"part":"calls"}`,
    ]);
    expect(await fail2ban.addressesIn(lines.join('\n'))).toEqual([]);
  });
});

test('the jail that is enabled reads the journal of the service with this filter', async () => {
  const dump = await fail2ban.dump();
  expect(dump).toContain("['add', 'interlinks', 'systemd']");
  expect(dump).toContain("['set', 'interlinks', 'addjournalmatch', '_SYSTEMD_UNIT=interlinks.service']");
  expect(dump).toContain(String.raw`"part":"refusals"`);
  expect(dump).not.toContain("'interlinks-file'");
});
