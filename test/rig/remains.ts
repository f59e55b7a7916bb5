import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Office } from './office.ts';
import { RigError } from './rig-error.ts';
import { untilIdle } from './talk.ts';

const GONE_MS = 30_000;
const LOOK_AGAIN_MS = 200;
const LISTS = [
  'pjsip show endpoints',
  'pjsip show aors',
  'pjsip show auths',
  'iax2 show users',
  'iax2 show peers',
  'core show channels concise',
];

/** Names of everything of interlinks that an office's Asterisk has, channels and certificates among them. */
export async function leftovers({ pbx: { asterisk }, dataDir }: Office): Promise<readonly string[]> {
  const outputs: string[] = [];
  for (const command of LISTS) outputs.push(await asterisk.cli(command));
  const certificates = await readdir(join(dataDir, 'asterisk/peers')).catch(() => []);
  return [...outputs.flatMap((output) => output.match(/\bil-[0-9a-z]+/g) ?? []), ...certificates];
}

/**
 * Waits until nothing is left of any interlink: in the list, of who is to be told, in Asterisk.
 *
 * @throws {RigError} when something stays
 */
export async function untilNothingLeft(...offices: readonly Office[]): Promise<void> {
  for (const office of offices) {
    const end = performance.now() + GONE_MS;
    for (;;) {
      const left = await everythingLeft(office);
      if (left.length === 0) break;
      if (performance.now() > end) {
        throw new RigError(`${office.name} still has ${left.join(', ')}`, office.service.output());
      }
      await delay(LOOK_AGAIN_MS);
    }
    await untilIdle(office);
  }
}

async function everythingLeft(office: Office): Promise<readonly string[]> {
  const { interlinks, ended } = await office.json<Record<'interlinks' | 'ended', { name: string }[]>>('list');
  return [...[...interlinks, ...ended].map(({ name }) => name), ...(await leftovers(office))];
}
