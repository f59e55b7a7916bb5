import { isPrivate, isPublic } from '../addresses.ts';
import { warning, type Finding } from '../finding.ts';

/**
 * Whether a linked system in the Internet is told to send calls to an address that exists in this building only.
 *
 * @param own addresses that `trunk.address` resolves to here
 */
export function checkNat(
  trunkAddress: string,
  own: readonly string[],
  peers: readonly { readonly interlink: string; readonly address: string }[],
): readonly Finding[] {
  if (own.length === 0 || !own.every(isPrivate)) return [];
  const far = [
    ...new Set(peers.filter(({ address }) => isPublic(address)).map(({ interlink }) => interlink)),
  ];
  if (far.length === 0) return [];
  return [
    warning(
      'trunk-address-private',
      'trunk.address',
      `trunk.address ${trunkAddress} is ${own.join(', ')}, which ${far.join(', ')} in the Internet cannot reach`,
      'Set trunk.address and trunk.pjsip.externalAddress to the public address that is forwarded to this system, external_media_address and external_signaling_address of [interlinks-tls] to the same, its local_net to your own network, and restart both services',
    ),
  ];
}
