import type { IdentifiedAddress } from '../facts.ts';
import type { AriReader } from './ari-reader.ts';

/** What admins, FreePBX and PJSIP's wizard call the `identify` section of an endpoint. */
const usualNames = ['', '-identify', '_identify'];
const maxEndpoints = 500;

/**
 * The addresses by which Asterisk recognizes endpoints of its files. ARI lists no `identify` objects, so they are
 * looked for by the names that they usually have.
 */
export async function readIdentified(ari: AriReader): Promise<readonly IdentifiedAddress[]> {
  const all = (await ari.get<readonly { resource: string }[]>('endpoints/PJSIP')) ?? [];
  const own = all.map(({ resource }) => resource).filter((name) => !name.startsWith('il-'));
  const found: IdentifiedAddress[] = [];
  for (const name of own.slice(0, maxEndpoints)) {
    for (const ending of usualNames) {
      const fields = await ari.pjsipObject('identify', name + ending);
      const matches = (fields?.get('match') ?? '').split(',').filter((match) => match !== '');
      found.push(...matches.map((match) => ({ endpoint: fields?.get('endpoint') ?? name, match })));
    }
  }
  return found;
}
