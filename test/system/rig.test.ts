import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Client } from 'pg';
import { afterAll, expect, test, vi } from 'vitest';
import { claimAddress } from '../rig/addresses.ts';
import { cached } from '../rig/cache.ts';
import { startPbx } from '../rig/pbx.ts';
import { startPhone } from '../rig/phone.ts';
import { startPostgres } from '../rig/postgres.ts';
import { untilHeard } from '../rig/talk.ts';
import { temporaryFolder } from '../rig/temp-folder.ts';
import { toneShare, writeTone } from '../rig/tone.ts';

const cleanUps: (() => Promise<void> | void)[] = [];
afterAll(async () => {
  for (const cleanUp of cleanUps.toReversed()) await cleanUp();
});

async function ownAddress(): Promise<string> {
  const address = await claimAddress();
  cleanUps.push(() => {
    address.release();
  });
  return address.ip;
}

test('two phones of a PBX call each other and hear each other', async () => {
  const phones = ['101', '102'].map((number) => ({
    number,
    name: `João ${number}`,
    password: `secret-${number}`,
  }));
  const pbx = await startPbx({
    address: await ownAddress(),
    sharedFolder: '/nonexistent',
    phones,
    extensions: 'exten => _10X,1,Dial(PJSIP/${EXTEN},20)',
  });
  cleanUps.push(() => pbx.stop());
  const [caller, called] = await Promise.all(
    phones.map(async (account, index) => {
      const tone = [1000, 440][index] ?? 0;
      const phone = await startPhone({ address: await ownAddress(), registrar: pbx.address, account, tone });
      cleanUps.push(() => phone.stop());
      return phone;
    }),
  );
  if (caller === undefined || called === undefined) throw new Error('two phones were expected');

  await caller.dial('102');
  expect(await called.waitFor('incoming')).toMatchObject({ number: '101', name: 'João 101' });
  await caller.waitFor('established');
  await Promise.all([caller.waitFor('sound'), called.waitFor('sound')]);
  await expect.poll(() => toneShare(called.recording(), 1000), { timeout: 10_000 }).toBeGreaterThan(0.8);
  await expect.poll(() => toneShare(caller.recording(), 440), { timeout: 10_000 }).toBeGreaterThan(0.8);
  expect(await toneShare(caller.recording(), 1000)).toBeLessThan(0.1);
  await caller.sendDtmf('5');
  expect(await called.waitFor('dtmf')).toMatchObject({ detail: '5' });
  await caller.hangup();
  await called.waitFor('closed');

  called.manner = 'busy';
  const call = await caller.dial('102');
  expect(await caller.waitFor('closed', { where: (event) => event.call === call })).toMatchObject({
    status: 486,
  });
});

test('PostgreSQL gives each caller an empty database', async () => {
  const postgres = await startPostgres();
  cleanUps.push(() => postgres.stop());
  const [first, second] = [await postgres.createDatabase(), await postgres.createDatabase()];
  expect(first).not.toBe(second);
  const client = new Client({ connectionString: first });
  await client.connect();
  try {
    expect((await client.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
  } finally {
    await client.end();
  }
});

test('a recording tells its tone from others and from too little sound', async () => {
  const folder = await temporaryFolder('tones');
  cleanUps.push(() => rm(folder, { recursive: true }));
  const tone = join(folder, 'tone.wav');
  await writeTone(tone, 440, 2, 16_000);
  expect(await toneShare(tone, 440)).toBeGreaterThan(0.99);
  expect(await toneShare(tone, 1000)).toBeLessThan(0.01);
  const tooShort = join(folder, 'too-short.wav');
  await writeTone(tooShort, 440, 0.1);
  expect(await toneShare(tooShort, 440)).toBe(0);
});

test('what a phone has heard earlier does not count as heard', async () => {
  const folder = await temporaryFolder('tones');
  cleanUps.push(() => rm(folder, { recursive: true }));
  const earlier = join(folder, 'earlier.wav');
  await writeTone(earlier, 440, 2);
  let recording = earlier;
  const phone = { number: '101', recording: () => recording };
  await expect(untilHeard(phone, 440, 300)).rejects.toThrow('phone 101 does not hear 440 Hz');

  const heard = untilHeard(phone, 440);
  const later = join(folder, 'later.wav');
  await writeTone(later, 440, 2);
  recording = later;
  await heard;
});

test('what several want from the cache at once is made once', async () => {
  const folder = await temporaryFolder('cache');
  cleanUps.push(() => rm(folder, { recursive: true }));
  vi.stubEnv('INTERLINKS_CACHE', folder);
  let made = 0;
  const make = async (draft: string): Promise<void> => {
    made += 1;
    await writeFile(join(draft, 'tool'), '');
  };
  const paths = await Promise.all([cached('tools', make), cached('tools', make), cached('tools', make)]);
  vi.unstubAllEnvs();
  expect([made, new Set(paths).size]).toEqual([1, 1]);
});
