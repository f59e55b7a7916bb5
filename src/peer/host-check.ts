import { isIP } from 'node:net';
import { isAddressAllowed } from '../domain/address-policy.ts';
import { within } from '../domain/within.ts';
import type { HostCheck, HostVerdict } from '../interlinks/host-check.ts';
import { resolveAll } from './connector.ts';
import type { Resolve } from './connector.ts';

const patienceMs = 2000;

/**
 * Looks hosts up by the machine's own resolver.
 * @param allowLoopback for test rigs
 */
export function makeHostCheck(allowLoopback: () => boolean, resolve: Resolve = resolveAll): HostCheck {
  const judge = (addresses: readonly string[]): HostVerdict =>
    addresses.every((address) => isAddressAllowed(address, allowLoopback())) ? 'allowed' : 'refused';
  return async (host) => {
    if (isIP(host) !== 0) return judge([host]);
    try {
      const found = await within(patienceMs, resolve(host), host);
      return found.length === 0 ? 'unresolved' : judge(found.map(({ address }) => address));
    } catch {
      return 'unresolved';
    }
  };
}
