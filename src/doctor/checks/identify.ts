import { matchesAddress } from '../addresses.ts';
import type { IdentifiedAddress } from '../facts.ts';
import { orFine, problem, type Finding } from '../finding.ts';

/** An address that a linked system's calls come from, as far as known. */
export interface PeerAddress {
  /** What the interlink is called here. */
  readonly interlink: string;
  readonly address: string;
}

/**
 * Whether Asterisk would take a linked system for one of the admin's own trunks: it looks at the address before the
 * user name (`endpoint_identifier_order`), so such a call lands in that trunk's context.
 */
export function checkIdentify(
  identified: readonly IdentifiedAddress[],
  peers: readonly PeerAddress[],
): readonly Finding[] {
  const found = identified.flatMap(({ endpoint, match }) =>
    peers
      .filter(({ address }) => matchesAddress(match, address))
      .map(({ interlink, address }) =>
        problem(
          'identify-clash',
          endpoint,
          `Your trunk ${endpoint} claims every call from ${match}, and so those of ${interlink} (${address})`,
          `Narrow match in the identify section of ${endpoint}, or put "username" before "ip" in endpoint_identifier_order of section [global] in pjsip.conf`,
        ),
      ),
  );
  return orFine(
    found,
    'identify',
    'pjsip.conf',
    'None of your own trunks claims the calls of a linked system',
  );
}
