import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { version } from '../src/domain/version.ts';
import { buildRelease } from '../test/docs/installed.ts';
import { startOffice, type Office } from '../test/rig/office.ts';
import { run } from '../test/rig/process.ts';
import { temporaryFolder } from '../test/rig/temp-folder.ts';
import { memoryMb } from './process-usage.ts';
import { median } from './statistics.ts';

const STARTS = 5;

interface Start {
  readonly ms: number;
  readonly mb: number;
}

async function restart(office: Office, compileCache: string): Promise<Start> {
  await office.service.stop();
  const before = performance.now();
  const service = await office.startService(/"msg":"listening"/, { NODE_COMPILE_CACHE: compileCache });
  const ms = performance.now() - before;
  await service.waitForLine(/"msg":"ready for calls"/, 10_000);
  return { ms, mb: await memoryMb(service.pid) };
}

/** Prints how long the service takes from its start until it listens, and its memory, beside an idle Asterisk. */
async function measure(what: string, command?: string): Promise<void> {
  const office = await startOffice({
    name: 'Berlin',
    numbers: [{ number: '101' }],
    ...(command === undefined ? {} : { command }),
  });
  const compileCache = await temporaryFolder('compile-cache');
  const first = await restart(office, compileCache);
  const starts: Start[] = [];
  for (let i = 0; i < STARTS; i += 1) starts.push(await restart(office, compileCache));
  process.stdout.write(
    `${what}: listens ${first.ms.toFixed(0)} ms after its first start, ` +
      `${median(starts.map(({ ms }) => ms)).toFixed(0)} ms after later ones (median of ${STARTS}); ` +
      `takes ${first.mb.toFixed(0)} and ${median(starts.map(({ mb }) => mb)).toFixed(0)} MB.\n`,
  );
  await office.stop();
  await rm(compileCache, { recursive: true });
}

const folder = await temporaryFolder('release');
const archive = `${await buildRelease(folder)}.tar.gz`;
await run('tar', ['-xzf', archive, '-C', folder]);
const root = join(folder, `interlinks-${version}`);
const [unpacked = ''] = (await run('du', ['--summarize', '--block-size=1M', root])).split('\t');
process.stdout.write(
  `Release: ${((await stat(archive)).size / 1e6).toFixed(0)} MB, unpacked ${unpacked} MB.\n`,
);
await measure('Sources');
await measure('Release', join(root, 'bin/interlinks'));
await rm(folder, { recursive: true });
