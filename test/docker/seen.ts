import { setTimeout as delay } from 'node:timers/promises';
import { styleText } from 'node:util';
import { print } from '../rig/steps.ts';

const LOOK_AGAIN_MS = 200;

/**
 * Looks until what should be seen is seen, and prints both. Where it is not, the process ends with 1 in the end, but
 * goes on looking at the rest.
 *
 * @param where completes "… should be"
 * @param look what it throws counts as seen
 */
export async function expectSeen(
  where: string,
  wanted: RegExp,
  look: () => Promise<string>,
  ms = 30_000,
): Promise<void> {
  const began = performance.now();
  for (;;) {
    const seen = await look().catch((error: unknown) => (error as Error).message);
    const found = wanted.exec(seen)?.[0];
    const took = performance.now() - began;
    if (found === undefined && took <= ms) {
      await delay(LOOK_AGAIN_MS);
      continue;
    }
    const mark = found === undefined ? styleText('red', '✗') : styleText('green', '✓');
    const seconds = `${(took / 1000).toFixed(1).padStart(5)} s`;
    print(`${mark} ${styleText('dim', seconds)}  ${where}: should be ${styleText('dim', String(wanted))}`);
    print(`            ${found === undefined ? `but is ${seen}` : `is ${found}`}`);
    if (found === undefined) process.exitCode = 1;
    return;
  }
}
