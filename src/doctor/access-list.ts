import ipaddr from 'ipaddr.js';

/**
 * The entry of an Asterisk access list that takes a source in; undefined when none does. The last entry that fits
 * decides, and one with `!` keeps the source out.
 *
 * @param entries as Asterisk shows them: `10.0.0.0/255.0.0.0`, `!192.0.2.7:5060/255.255.255.255`
 * @param port undefined: none that an entry names
 * @see ast_apply_ha in Asterisk's main/acl.c
 */
export function entryFor(
  entries: readonly string[],
  address: string,
  port: number | undefined,
): string | undefined {
  const last = entries.findLast((entry) => fits(entry.replace(/^!/, ''), address, port));
  return last?.startsWith('!') === true ? undefined : last;
}

function fits(entry: string, address: string, port: number | undefined): boolean {
  const [whole = '', mask = ''] = entry.split('/');
  const withPort = /^(?:\[(?<six>.+)\]|(?<four>[^:]+)):(?<port>\d+)$/.exec(whole)?.groups;
  if (withPort !== undefined && Number(withPort['port']) !== port) return false;
  const network = bytesOf(withPort?.['six'] ?? withPort?.['four'] ?? whole);
  const [kept, source] = [bytesOf(mask), bytesOf(address)];
  if (network.length !== source.length || kept.length !== source.length) return false;
  return source.every((byte, index) => ((byte ^ (network[index] ?? 0)) & (kept[index] ?? 0)) === 0);
}

/** @returns 4 or 16 bytes; none for what is no address */
function bytesOf(address: string): readonly number[] {
  return ipaddr.isValid(address) ? ipaddr.process(address).toByteArray() : [];
}
