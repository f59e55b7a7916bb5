import type { Config } from '../config/config.ts';
import type { LocalSystem } from '../interlinks/local-system.ts';

/**
 * What this system tells others about itself.
 *
 * @param certificate what Asterisk shows on trunks over TLS at that moment, PEM
 */
export function localSystem({ system, peer, trunk }: Config, certificate: () => string): LocalSystem {
  const [first = 'pjsip', ...others] = trunk.protocols;
  const { pjsip, iax2 } = trunk;
  const ports = {
    ...(trunk.protocols.includes('pjsip') && { pjsip: pjsip.port, 'pjsip-plain': pjsip.port }),
    ...(trunk.protocols.includes('iax2') && { iax2: iax2.port }),
  };
  return {
    name: system.name,
    url: peer.url,
    trunk: {
      kinds: [first, ...others],
      host: trunk.address,
      ports,
      get certificate() {
        return certificate();
      },
    },
    allowLoopback: peer.allowLoopback,
  };
}
