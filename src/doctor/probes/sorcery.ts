import { randomBytes } from 'node:crypto';
import type { AriReader } from './ari-reader.ts';

/** An account and an address that nothing refers to; not `il-…`, which the service would clear away. */
const id = 'doctor';

const samples = {
  auth: () => ({ auth_type: 'userpass', username: id, password: randomBytes(16).toString('hex') }),
  aor: () => ({ max_contacts: '0' }),
};

/** The object types of PJSIP that this Asterisk lets be made at run time, found by making one of each. */
export async function pushable(ari: AriReader): Promise<ReadonlySet<string>> {
  const made = new Set<string>();
  for (const [type, sample] of Object.entries(samples)) {
    const path = `asterisk/config/dynamic/res_pjsip/${type}/${id}`;
    const fields = Object.entries(sample()).map(([attribute, value]) => ({ attribute, value }));
    const { status } = await ari.send('PUT', path, { fields });
    if (status !== 200) continue;
    made.add(type);
    await ari.send('DELETE', path);
  }
  return made;
}
