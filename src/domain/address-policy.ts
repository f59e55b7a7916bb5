import ipaddr from 'ipaddr.js';

const allowedRanges = new Set(['unicast', 'private', 'carrierGradeNat', 'uniqueLocal']);

/** Where IPv6 addresses of these ranges carry the IPv4 address that is meant: the offset of its first byte. */
const embeddedAt = new Map([
  ['ipv4Mapped', 12],
  ['rfc6145', 12],
  ['rfc6052', 12],
  ['6to4', 2],
]);

/**
 * Whether this system may connect to an address that another system named. Public and private addresses are fine
 * (offices link over VPNs, carrier-grade NAT addresses included); loopback, unspecified, link-local, multicast and
 * reserved ones are not, nor are IPv6 addresses that stand for such an IPv4 address.
 * @param address an IP address; anything else is refused
 * @param allowLoopback for test rigs
 */
export function isAddressAllowed(address: string, allowLoopback: boolean): boolean {
  if (!ipaddr.isValid(address)) return false;
  const parsed = ipaddr.parse(address);
  const range: string = parsed.range();
  const offset = parsed.kind() === 'ipv6' ? embeddedAt.get(range) : undefined;
  if (offset !== undefined) {
    const embedded = parsed.toByteArray().slice(offset, offset + 4);
    return isAddressAllowed(embedded.join('.'), allowLoopback);
  }
  return allowedRanges.has(range) || (allowLoopback && range === 'loopback');
}

/** Whether a host is a name, which only its resolution can judge, or an address that the policy allows. */
export function isHostAllowed(host: string, allowLoopback: boolean): boolean {
  return ipaddr.isValid(host) ? isAddressAllowed(host, allowLoopback) : true;
}
