import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openStore } from '../../src/store/index.ts';
import { measured } from '../rig/measured.ts';
import { startOffice, type Office } from '../rig/office.ts';
import { issuedKey, redeemer } from '../store/samples.ts';

const INTERLINKS = 1000;
const SOON = { timeout: 120_000, interval: 500 };
/** Nothing listens there. */
const AWAY = '127.0.0.9';

/** Adds interlinks to the database of an office whose service does not run. */
async function addInterlinks({ dataDir }: Office, trunkKind: 'pjsip' | 'iax2'): Promise<void> {
  const store = await openStore({ dataDir });
  for (let number = 0; number < INTERLINKS; number += 1) {
    const id = String(number).padStart(4, '0').padEnd(26, '0');
    await store.interlinks.addIssuedKey(issuedKey(number, { id, trunkKind }));
    const redeemed = redeemer(number);
    const trunk = { kind: trunkKind, host: AWAY, port: 4569 };
    const peer = { ...redeemed.peer, url: `https://${AWAY}:8443`, trunk };
    expect(await store.interlinks.redeem(id, { ...redeemed, peer })).toEqual({ kind: 'redeemed' });
    expect(await store.interlinks.activate(id, redeemed.now)).toBe(true);
  }
  await store.close();
}

describe.each([
  { kind: 'iax2', command: 'iax2 show peers' },
  { kind: 'pjsip', command: 'pjsip show aors' },
] as const)(`${INTERLINKS} interlinks over $kind`, ({ kind, command }) => {
  let berlin: Office;

  async function trunks(): Promise<number> {
    return new Set((await berlin.pbx.asterisk.cli(command)).match(/\bil-[0-9a-z]+/g)).size;
  }

  /** How often Asterisk has read its IAX2 trunks anew. */
  async function reloads(): Promise<number> {
    const log = await berlin.pbx.asterisk.log();
    return log.match(/Reloading module 'chan_iax2.so'/g)?.length ?? 0;
  }

  beforeAll(async () => {
    berlin = await startOffice({ name: 'Berlin', numbers: [{ number: '101' }] });
    await berlin.service.stop();
    await addInterlinks(berlin, kind);
  });

  afterAll(() => berlin.stop());

  test('are in Asterisk in one go, and again after its restart', async () => {
    const before = await reloads();
    await measured(
      `${INTERLINKS} ${kind} trunks are in Asterisk after the start of the service`,
      async () => {
        await berlin.startService();
        await expect.poll(trunks, SOON).toBe(INTERLINKS);
      },
    );
    expect((await reloads()) - before).toBe(kind === 'iax2' ? 1 : 0);

    await measured(`${INTERLINKS} ${kind} trunks are there after a restart of Asterisk`, async () => {
      await berlin.pbx.asterisk.restart();
      await expect.poll(trunks, SOON).toBe(INTERLINKS);
    });
  });

  test('one of them ends, and the others stay', async () => {
    await measured(`"interlinks delete" of one ${kind} interlink of ${INTERLINKS} has answered`, async () => {
      expect((await berlin.interlinks('delete', 'Office 7', '--yes')).code).toBe(0);
    });
    expect(await trunks()).toBe(INTERLINKS - 1);
  });
});
