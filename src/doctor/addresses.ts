import ipaddr from 'ipaddr.js';

/** Whether nobody outside of this machine reaches an address. A host name, or nothing, counts as reachable. */
export function isLoopback(address: string): boolean {
  return address === 'localhost' || rangeOf(address) === 'loopback';
}

/** Whether an IP address is one of those that the Internet does not reach. */
export function isPrivate(address: string): boolean {
  return ['private', 'uniqueLocal', 'carrierGradeNat', 'linkLocal'].includes(rangeOf(address) ?? '');
}

export function isPublic(address: string): boolean {
  return rangeOf(address) === 'unicast';
}

/** Whether an address is one of those that `match` of an `identify` section means: an address, with a mask or without. */
export function matchesAddress(match: string, address: string): boolean {
  const [network = '', mask = ''] = match.split('/');
  if (!ipaddr.isValid(network) || !ipaddr.isValid(address)) return match === address;
  const [base, own] = [ipaddr.process(network), ipaddr.process(address)];
  if (base.kind() !== own.kind()) return false;
  const whole = base.kind() === 'ipv4' ? 32 : 128;
  const bits = /^\d*$/.test(mask)
    ? Number(mask || whole)
    : ipaddr.isValid(mask) && ipaddr.parse(mask).prefixLengthFromSubnetMask();
  return typeof bits === 'number' && bits <= whole && own.match(base, bits);
}

function rangeOf(address: string): string | undefined {
  return ipaddr.isValid(address) ? ipaddr.process(address).range() : undefined;
}
