import { readFile, utimes } from 'node:fs/promises';
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

  test('authenticates its calls by SHA-256', async () => {
    const { asterisk } = lisbon.pbx;
    await asterisk.cli('pjsip set logger on');
    await talk(berlin.phone('101'), '201', lisbon.phone('201'));
    await hangUp(berlin.phone('101'), lisbon.phone('201'));
    await asterisk.cli('pjsip set logger off');
    const log = await readFile(asterisk.logFile, 'utf8');
    const used = log
      .match(/^Authorization: .*il-.*/gm)
      ?.map((line) => /algorithm="?([\w-]+)/.exec(line)?.[1]);
    expect(new Set(used)).toEqual(new Set(['SHA-256']));
  });

  test('lets nobody speak SIP who has no certificate of a linked system', async () => {
    expect(await askOverTls(berlin, await trunkIdentity(lisbon))).toBe(UNAUTHORIZED);
    expect(await askOverTls(berlin)).toBe('nothing');
    const invented = makeTrunkCertificate('A'.repeat(43), [lisbon.address]);
    expect(await askOverTls(berlin, invented)).toBe('nothing');
    expect(await askInClear(berlin)).toBe('nothing');
  });

  test('takes no call in clear, even with its credentials', async () => {
    const credentials = await trunkCredentials(lisbon);
    const server = `${berlin.address}:${berlin.pbx.trunkPort}`;
    const { status } = await sipRequest({
      method: 'INVITE',
      server,
      to: '101',
      from: credentials.user,
      credentials,
    });
    expect(status).toBe(488);
    expect(berlin.phone('101').events.list.at(-1)?.type).not.toBe('incoming');
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
    await talk(berlin.phone('101'), '201', lisbon.phone('201'));
    expect(await encryption()).toEqual(['pjsip,secure 0', 'rtp,secure 0']);
    await hangUp(berlin.phone('101'), lisbon.phone('201'));
    expect(await lastCall(lisbon, 'in', '201')).toMatchObject({ outcome: 'answered' });
    await Promise.all([untilIdle(berlin), untilIdle(lisbon)]);
  });
});
