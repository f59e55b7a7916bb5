import { ari } from './ari.ts';
import type { Office } from './office.ts';
import type { SipCredentials } from './sipp.ts';

/** What an office's Asterisk authenticates with at its only peer. */
export async function trunkCredentials({ pbx }: Office): Promise<SipCredentials> {
  const endpoints = await ari<{ resource: string }[]>(pbx, 'GET', 'endpoints/PJSIP');
  const user = endpoints.find(({ resource }) => resource.startsWith('il-'))?.resource ?? '';
  const path = `asterisk/config/dynamic/res_pjsip/auth/${user}-out`;
  const fields = await ari<{ attribute: string; value: string }[]>(pbx, 'GET', path);
  return { user, password: fields.find(({ attribute }) => attribute === 'password')?.value ?? '' };
}
