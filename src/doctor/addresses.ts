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

function rangeOf(address: string): string | undefined {
  return ipaddr.isValid(address) ? ipaddr.process(address).range() : undefined;
}
