import ipaddr from 'ipaddr.js';

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
