import { ari, channelsOf } from './ari.ts';
import type { Office, OfficePhone } from './office.ts';

/**
 * Lets a phone that is in a call hold it, ask somebody else, and then join the two (RFC 3891, Replaces). baresip has no
 * command for it, but sends what it is told; the names of the first call come from the office's Asterisk.
 *
 * @param number whom the phone calls besides; returns when the two have been joined, or not, and the phone is told
 */
export async function attendedTransfer(office: Office, phone: OfficePhone, number: string): Promise<void> {
  const first = (await channelsOf(office.pbx)).find(({ name }) => name.startsWith(`PJSIP/${phone.number}-`));
  if (first === undefined) throw new Error(`phone ${phone.number} is in no call`);
  const read = async (item: string): Promise<string> => {
    const variable = `CHANNEL(pjsip,${item})`;
    const path = `channels/${first.id}/variable`;
    return (await ari<{ value: string }>(office.pbx, 'GET', path, { variable })).value;
  };
  const [id, to, from] = [await read('call-id'), await read('local_tag'), await read('remote_tag')];
  await phone.hold();
  const since = phone.events.list.length;
  await phone.dial(number);
  await phone.waitFor('established', { from: since });
  const replaces = encodeURIComponent(`${id};to-tag=${to};from-tag=${from}`);
  await phone.transfer(`sip:${phone.number}@${office.address}?Replaces=${replaces}`);
}
