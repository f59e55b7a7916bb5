import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startOffice } from '../test/rig/office.ts';
import { linkOffices } from '../test/rig/linking.ts';
import { temporaryFolder } from '../test/rig/temp-folder.ts';
import { logger } from './contenders.ts';
import { sharesOf, type CpuProfile, type Shares } from './cpu-profile.ts';
import { placeCalls, startPhone } from './load.ts';
import { processorMs } from './process-usage.ts';

/** `make bench-profile`: where the services' time goes with calls over TLS; writes bench/profile.txt. */
const CALLS = 300;
const PER_SECOND = 10;
const WARM_UP = 50;
const SHOWN = 30;

const [near, far] = await Promise.all(
  (['101', '201'] as const).map((number) =>
    startOffice({
      name: `Office ${number}`,
      numbers: [{ number }],
      accounts: [number],
      pbx: { files: logger },
    }),
  ),
);
if (near === undefined || far === undefined) throw new Error('there is no office');
await linkOffices(near, far);
const phone = await startPhone(far.address);
const folder = await temporaryFolder('profile');
for (const office of [near, far]) {
  await office.service.stop();
  // What others measure with the profiler off costs a little more with it.
  await office.startService(undefined, { NODE_OPTIONS: `--cpu-prof --cpu-prof-dir=${folder}` });
}
await far.service.waitForLine(/"colour":"green"/, 20_000);
const calls = { from: near.address, dialed: '201', perSecond: PER_SECOND };
await placeCalls({ ...calls, count: WARM_UP });
const before = await used();
const { failed } = await placeCalls({ ...calls, count: CALLS });
const after = await used();
await phone.stop();
for (const office of [near, far]) await office.stop();
const { byPlace, byFunction } = sharesOf(await readProfiles());
await rm(folder, { recursive: true });
await writeFile(
  join(import.meta.dirname, 'profile.txt'),
  [
    `${CALLS} calls over TLS, ${PER_SECOND} a second, ${failed} failed. Milliseconds of processor a call, both systems: `,
    `services ${a((after.services - before.services) / CALLS)}, Asterisk ${a((after.asterisk - before.asterisk) / CALLS)}.\n`,
    'Of the main threads of both services, in milliseconds from their start to their end:\n\n',
    ...lines('by package or file', byPlace),
    ...lines('by function', byFunction),
  ].join(''),
);

async function used(): Promise<{ services: number; asterisk: number }> {
  const offices = [near, far].filter((office) => office !== undefined);
  return {
    services: await processorMs(offices.map(({ service }) => service.pid)),
    asterisk: await processorMs(offices.map(({ pbx }) => pbx.asterisk.pid)),
  };
}

/** Those of main threads are by far the largest. */
async function readProfiles(): Promise<readonly CpuProfile[]> {
  const files = (await readdir(folder)).map((name) => join(folder, name));
  const sized = await Promise.all(files.map(async (file) => ({ file, size: (await stat(file)).size })));
  const largest = sized.toSorted((a, b) => b.size - a.size).slice(0, 2);
  return await Promise.all(
    largest.map(async ({ file }) => JSON.parse(await readFile(file, 'utf8')) as CpuProfile),
  );
}

function lines(title: string, shares: Shares): readonly string[] {
  const total = shares.reduce((sum, [, ms]) => sum + ms, 0);
  const shown = shares.slice(0, SHOWN).map(([where, ms]) => {
    const part = `${((ms / total) * 100).toFixed(1)} %`;
    return `${ms.toFixed(0).padStart(7)} ${part.padStart(7)}  ${where}\n`;
  });
  return [`${title}, of ${total.toFixed(0)}\n`, ...shown, '\n'];
}

function a(ms: number): string {
  return ms.toFixed(1);
}
