import { expect } from 'vitest';
import type { Office } from './office.ts';
import { untilIdle } from './talk.ts';

const GONE_MS = 30_000;
const LISTS = ['pjsip show endpoints', 'pjsip show aors', 'pjsip show auths', 'core show channels concise'];

/** Names of everything of interlinks that an office's Asterisk has, channels among them. */
export async function leftovers({ pbx: { asterisk } }: Office): Promise<readonly string[]> {
  const outputs: string[] = [];
  for (const command of LISTS) outputs.push(await asterisk.cli(command));
  return outputs.flatMap((output) => output.match(/\bil-[0-9a-z]+/g) ?? []);
}

/** Waits until nothing is left of any interlink: in the list, of who is to be told, in Asterisk. */
export async function untilNothingLeft(...offices: readonly Office[]): Promise<void> {
  for (const office of offices) {
    await expect.poll(() => office.json('list'), { timeout: GONE_MS }).toEqual({ interlinks: [], ended: [] });
    await expect.poll(() => leftovers(office), { timeout: GONE_MS }).toEqual([]);
    await untilIdle(office);
  }
}
