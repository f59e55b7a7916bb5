import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Results } from '../../bench/results.ts';
import { measured } from '../rig/measured.ts';
import { startProcess } from '../rig/process.ts';

const BENCH = join(import.meta.dirname, '../../bench/bench.ts');

test('make bench-quick gives a figure for each target', { timeout: 400_000 }, async () => {
  const out = await mkdtemp(join(tmpdir(), 'interlinks-bench-'));
  const document = join(out, 'measurements.md');
  await writeFile(
    document,
    'Before\n\n<!-- written by make bench: begin --><!-- written by make bench: end -->\n\nAfter\n',
  );
  await measured('make bench-quick has ended (promised: under 180 s)', async () => {
    const bench = await startProcess(process.execPath, [BENCH, '--quick', '--out', out]);
    expect(await bench.ended).toMatchObject({ code: 0 });
  });

  const {
    targets,
    calls = [],
    runs,
  } = JSON.parse(await readFile(join(out, 'results.json'), 'utf8')) as Results;
  expect(Object.keys(runs).toSorted()).toEqual(['calls', 'growth', 'lookups', 'nobody', 'rates']);
  expect(targets.length).toBeGreaterThan(15);
  for (const target of targets) expect(Number.parseFloat(target.measured)).not.toBeNaN();
  for (const { name, failed } of calls) expect({ name, failed }).toEqual({ name, failed: 0 });
  expect(await readFile(document, 'utf8')).toMatch(
    /^Before\n[^]*post-dial delay[^]*xychart-beta[^]*After\n$/,
  );
  await rm(out, { recursive: true });
});
