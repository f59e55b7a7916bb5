import { utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeTrunkCertificate } from '../../src/domain/trunk-certificate.ts';
import { ari, channelsOf } from '../rig/ari.ts';
import { generateKey, linkInClear, linkOffices } from '../rig/linking.ts';
import { startOffice, type Office } from '../rig/office.ts';
import { lastCall } from '../rig/records.ts';
import { untilNothingLeft } from '../rig/remains.ts';
import { askInClear, askOverTls, listenOverTls, trunkIdentity } from '../rig/sip-tls.ts';
import { sipRequest } from '../rig/sipp.ts';
import { hangUp, talk, untilHeard, untilIdle } from '../rig/talk.ts';
import { trunkCredentials } from '../rig/trunk-credentials.ts';

const UNAUTHORIZED = 'SIP/2.0 401 Unauthorized';

let berlin: Office;
let lisbon: Office;

beforeAll(async () => {
  [berlin, lisbon] = await Promise.all([
    startOffice({ name: 'Berlin', numbers: [{ number: '101' }], phones: { '101': 1000 } }),
    startOffice({ name: 'Lisbon', numbers: [{ number: '201' }], phones: { '201': 440 } }),
  ]);
});

afterAll(() => Promise.all([berlin.stop(), lisbon.stop()]));

/** Whether signalling and sound of the call that is up are encrypted, as each side's Asterisk says of its trunk. */
async function encryption(): Promise<readonly string[]> {
  const found = await Promise.all(
    [berlin, lisbon].map(async ({ pbx }) => {
      const trunk = (await channelsOf(pbx)).find(({ name }) => name.startsWith('PJSIP/il-'));
      const path = `channels/${trunk?.id ?? ''}/variable`;
      const values = ['pjsip,secure', 'rtp,secure'].map(async (what) => {
        const { value } = await ari<{ value: string }>(pbx, 'GET', path, { variable: `CHANNEL(${what})` });
        return `${what} ${value}`;
      });
      return await Promise.all(values);
    }),
  );
  return [...new Set(found.flat())];
}

/** The algorithms by which the trunk is authenticated in a call from Berlin to Lisbon. */
async function passwordsOfACall(): Promise<readonly (string | undefined)[]> {
  const { asterisk } = lisbon.pbx;
  const before = (await asterisk.log()).length;
  await asterisk.cli('pjsip set logger on');
  await talk(berlin.phone('101'), '201', lisbon.phone('201'));
  await hangUp(berlin.phone('101'), lisbon.phone('201'));
  await asterisk.cli('pjsip set logger off');
  const log = (await asterisk.log()).slice(before);
  expect(log).toMatch(/^From: .*<sip:il-/m);
  const given = log.match(/^Authorization: .*il-.*/gm) ?? [];
  return [...new Set(given.map((line) => /algorithm="?([\w-]+)/.exec(line)?.[1]))];
}

/** Changes fields of one of an office's PJSIP objects, or makes it. */
async function configure(
  { pbx }: Office,
  type: string,
  id: string,
  fields: Record<string, string>,
): Promise<void> {
  await ari(
    pbx,
    'PUT',
    `asterisk/config/dynamic/res_pjsip/${type}/${id}`,
    {},
    {
      fields: Object.entries(fields).map(([attribute, value]) => ({ attribute, value })),
    },
  );
}

async function trunksOf(office: Office): Promise<unknown> {
  return (await office.json<{ interlinks: { trunk: unknown; health: unknown }[] }>('list')).interlinks;
}

describe('an interlink', () => {
  beforeAll(() => linkOffices(berlin, lisbon));

  test('is encrypted unless the admins say otherwise, signalling and sound', async () => {
    expect(await trunksOf(berlin)).toMatchObject([{ trunk: { kind: 'pjsip', encrypted: true } }]);
    await talk(berlin.phone('101'), '201', lisbon.phone('201'));
    expect(await encryption()).toEqual(['pjsip,secure 1', 'rtp,secure 1']);
    await hangUp(berlin.phone('101'), lisbon.phone('201'));
  });

  test('asks for no password, which would take each call another round trip', async () => {
    expect(await passwordsOfACall()).toEqual([]);
  });

  test('gives a system its password that asks for one, by SHA-256', async () => {
    const { user, password } = await trunkCredentials(berlin);
    await configure(lisbon, 'auth', 'asked', {
      auth_type: 'userpass',
      username: user,
      password,
      supported_algorithms_uas: 'SHA-256,MD5',
    });
    await configure(lisbon, 'endpoint', user, { auth: 'asked' });
    expect(await passwordsOfACall()).toEqual(['SHA-256']);
    await configure(lisbon, 'endpoint', user, { auth: '' });
    await ari(lisbon.pbx, 'DELETE', 'asterisk/config/dynamic/res_pjsip/auth/asked');
    expect(await passwordsOfACall()).toEqual([]);
  });

  test('lets nobody speak SIP who has no certificate of a linked system', async () => {
    expect(await askOverTls(berlin, await trunkIdentity(lisbon))).toBe(UNAUTHORIZED);
    expect(await askOverTls(berlin)).toBe('nothing');
    const invented = makeTrunkCertificate('A'.repeat(43), [lisbon.address]);
    expect(await askOverTls(berlin, invented)).toBe('nothing');
    expect(await askInClear(berlin)).toBe('nothing');
  });

  test('takes no call without a ticket, certificate and name of the trunk notwithstanding', async () => {
    const { user: from } = await trunkCredentials(lisbon);
    const identity = await trunkIdentity(lisbon);
    expect(await askOverTls(berlin, identity, { method: 'INVITE', from })).toBe('SIP/2.0 403 Forbidden');
    await berlin.service.waitForLine(/"reason":"ticket-missing"/, 10_000);
  });

  test('takes no call in clear, even by the name of its trunk, without asking for its ticket', async () => {
    const { user: from } = await trunkCredentials(lisbon);
    const server = `${berlin.address}:${berlin.pbx.trunkPort}`;
    const call = { method: 'INVITE', server, to: '101', from } as const;
    expect((await sipRequest(call)).status).toBe(488);
    expect((await sipRequest({ ...call, secureMedia: true })).status).toBe(403);
    expect(await berlin.pbx.asterisk.log()).toMatch(/Executing \[101@interlinks-trunk-pjsip:\d+\] Hangup\(/);
  });

  test('goes on with another certificate of its own, a call in progress included', async () => {
    await talk(berlin.phone('101'), '201', lisbon.phone('201'));
    const { certificate } = await trunkIdentity(berlin);
    await generateKey(berlin, 'Porto', '--trunk-address', '127.0.0.99');
    await expect.poll(async () => (await trunkIdentity(berlin)).certificate).not.toBe(certificate);
    await lisbon.service.waitForLine(/"msg":"the peer has moved"/, 10_000);
    await Promise.all([
      untilHeard(lisbon.phone('201'), berlin.phone('101').tone),
      untilHeard(berlin.phone('101'), lisbon.phone('201').tone),
    ]);
    await hangUp(berlin.phone('101'), lisbon.phone('201'));
    for (const [one, number, other] of [
      [berlin.phone('101'), '201', lisbon.phone('201')],
      [lisbon.phone('201'), '101', berlin.phone('101')],
    ] as const) {
      await talk(one, number, other);
      await hangUp(one, other);
    }
    await berlin.interlinks('delete', 'Porto', '--yes');
  });

  test('costs Asterisk nothing when connections go out while its transport is built anew', async () => {
    const { asterisk } = berlin.pbx;
    const { pid } = asterisk;
    const identity = await trunkIdentity(lisbon);
    const others = await Promise.all(Array.from({ length: 8 }, () => listenOverTls(identity)));
    const { user } = await trunkCredentials(berlin);
    try {
      for (let round = 0; round < 20; round += 1) {
        const calls = others.map(({ target }) =>
          ari(berlin.pbx, 'POST', 'channels', {
            endpoint: `PJSIP/${user}/${target}`,
            context: 'nowhere',
            extension: '1',
            timeout: '1',
          }),
        );
        const now = new Date();
        await utimes(join(berlin.dataDir, 'asterisk/trunk.crt'), now, now);
        await Promise.all([...calls, asterisk.cli('module reload res_pjsip.so')]);
      }
      await untilIdle(berlin);
    } finally {
      for (const other of others) other.close();
    }
    expect(asterisk.pid).toBe(pid);
    await talk(berlin.phone('101'), '201', lisbon.phone('201'));
    await hangUp(berlin.phone('101'), lisbon.phone('201'));
  });

  test('that has ended leaves no certificate that would be accepted', async () => {
    expect(await askOverTls(berlin, await trunkIdentity(lisbon))).toBe(UNAUTHORIZED);
    expect((await berlin.interlinks('delete', 'Lisbon', '--yes')).code).toBe(0);
    await untilNothingLeft(berlin, lisbon);
    expect(await askOverTls(berlin, await trunkIdentity(lisbon))).toBe('nothing');
  });
});

describe('an interlink without encryption', () => {
  test('needs the word of both admins', async () => {
    const key = await generateKey(berlin, 'Lisbon', '--plain');
    const refused = await lisbon.interlinks('link', 'Berlin', key);
    expect(refused.output).toContain('[trunk-unsupported]');
    expect(refused.output).toContain('--plain');
    await berlin.interlinks('delete', 'Lisbon', '--yes');
  });

  test('carries calls, and is never green', async () => {
    await linkInClear(berlin, lisbon);
    for (const office of [berlin, lisbon]) {
      expect(await trunksOf(office)).toMatchObject([
        {
          trunk: { kind: 'pjsip', encrypted: false },
          health: { colour: 'amber', reason: 'calls are not encrypted' },
        },
      ]);
    }
    const examined = JSON.parse((await berlin.interlinks('--json', 'doctor')).output) as {
      findings: unknown;
    };
    expect(examined.findings).toContainEqual(
      expect.objectContaining({ level: 'ok', id: 'transport', where: 'interlinks-udp' }),
    );
    await untilIdle(berlin);
    await talk(berlin.phone('101'), '201', lisbon.phone('201'));
    expect(await encryption()).toEqual(['pjsip,secure 0', 'rtp,secure 0']);
    await hangUp(berlin.phone('101'), lisbon.phone('201'));
    expect(await passwordsOfACall()).toEqual(['SHA-256']);
    expect(await lastCall(lisbon, 'in', '201')).toMatchObject({ outcome: 'answered' });
    await Promise.all([untilIdle(berlin), untilIdle(lisbon)]);
  });
});
