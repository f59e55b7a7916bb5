import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Results } from '../../bench/results.ts';
import { startProcess } from '../rig/process.ts';

const THREE_MINUTES = 180_000;
const BENCH = join(import.meta.dirname, '../../bench/bench.ts');

test(
  'make bench-quick takes less than three minutes and gives a figure for each target',
  { timeout: 400_000 },
  async () => {
    const out = await mkdtemp(join(tmpdir(), 'interlinks-bench-'));
    const document = join(out, 'measurements.md');
    await writeFile(
      document,
      'Before\n\n<!-- written by make bench: begin --><!-- written by make bench: end -->\n\nAfter\n',
    );
    const began = performance.now();
    const bench = await startProcess(process.execPath, [BENCH, '--quick', '--out', out]);
    expect(await bench.ended).toMatchObject({ code: 0 });
    expect(performance.now() - began).toBeLessThan(THREE_MINUTES);

    const {
      targets,
      calls = [],
      runs,
    } = JSON.parse(await readFile(join(out, 'results.json'), 'utf8')) as Results;
    expect(Object.keys(runs)).toEqual(['calls', 'rates', 'nobody', 'lookups', 'growth']);
    expect(targets.length).toBeGreaterThan(15);
    for (const { measured } of targets) expect(Number.parseFloat(measured)).not.toBeNaN();
    for (const { name, failed } of calls) expect({ name, failed }).toEqual({ name, failed: 0 });
    expect(await readFile(document, 'utf8')).toMatch(
      /^Before\n[^]*post-dial delay[^]*xychart-beta[^]*After\n$/,
    );
    await rm(out, { recursive: true });
  },
);
