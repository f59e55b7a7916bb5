import { ari, channelsOf } from './ari.ts';
import type { Office } from './office.ts';
import type { Pbx } from './pbx.ts';

/**
 * A part of an office's dial plan, `outbound` and on: in the context `staying` every number is answered, and silent. The
 * sound of a hundred calls is more than a machine can do that has both systems.
 */
export const stayingDialplan = `exten => _[0-9*#]!,1,Hangup(1)

[staying]
exten => _[0-9*#]!,1,Answer()
 same => n,Wait(60)`;

/**
 * Begins calls in an office's Asterisk that stay for a minute. The office has `stayingDialplan`.
 *
 * @param endpoint as Dial has it, such as `Local/620@interlinks/n`
 */
export async function beginCalls(pbx: Pbx, endpoint: string, times: number): Promise<void> {
  const to = { endpoint, context: 'staying', extension: '1', priority: '1', timeout: '30' };
  for (let call = 0; call < times; call += 1) await ari(pbx, 'POST', 'channels', to);
}

/** How many calls over interlinks an office's Asterisk has. */
export async function carriedCalls({ pbx }: Office): Promise<number> {
  return (await channelsOf(pbx)).filter(({ name }) => name.includes('/il-')).length;
}
