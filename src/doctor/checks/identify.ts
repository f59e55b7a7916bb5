import { isEncrypted, technologyOf, type TrunkAddress } from '../../domain/interlink.ts';
import { entryFor } from '../access-list.ts';
import type { IdentifyFacts, IdentifySection } from '../facts.ts';
import { notChecked, orFine, problem, warning, type Finding } from '../finding.ts';

/** An address that a linked system's calls come from, as far as known. */
export interface PeerAddress {
  /** What the interlink is called here. */
  readonly interlink: string;
  readonly address: string;
  readonly trunk: Pick<TrunkAddress, 'kind' | 'port'>;
}

const where = 'pjsip.conf';

/**
 * Whether Asterisk would take a linked system for one of the admin's own trunks, so that its calls land in that trunk's
 * context. Trunks of Interlinks are recognized by user name; what comes before that in `endpoint_identifier_order`
 * claims a call first.
 *
 * @param identify undefined where the AMI user may not ask
 */
export function checkIdentify(
  identify: IdentifyFacts | undefined,
  peers: readonly PeerAddress[],
): readonly Finding[] {
  if (identify === undefined) return [notChecked('identify', where, 'the AMI user may not ask for it')];
  const { order, sections } = identify;
  const reached = peers.filter(({ trunk }) => technologyOf(trunk.kind) === 'pjsip');
  const byAddress = comesFirst(order, 'ip')
    ? sections.flatMap((section) => checkMatches(section, reached))
    : [];
  const byPattern = reached.length > 0 ? sections.flatMap((section) => checkPatterns(section, order)) : [];
  return orFine(
    [...byAddress, ...byPattern],
    'identify',
    where,
    'None of your own trunks claims the calls of a linked system',
  );
}

function checkMatches(
  { name, endpoint, matches }: IdentifySection,
  peers: readonly PeerAddress[],
): readonly Finding[] {
  return peers.flatMap(({ interlink, address, trunk }) => {
    // A call over TLS comes from any port, one over UDP from the port where its system takes calls.
    const match = entryFor(matches, address, isEncrypted(trunk.kind) ? undefined : trunk.port);
    if (match === undefined) return [];
    return [
      problem(
        'identify-clash',
        endpoint,
        `Your trunk ${endpoint} claims every call from ${match} by its identify section [${name}], and so those of ${interlink} (${address})`,
        `Narrow match in [${name}], or ${putFirst('ip')}`,
      ),
    ];
  });
}

/** Which calls have such a header or URI is not known. */
function checkPatterns(
  { name, endpoint, header, requestUri }: IdentifySection,
  order: readonly string[],
): readonly Finding[] {
  const patterns = [
    { identifier: 'header', setting: 'match_header', value: header },
    { identifier: 'request_uri', setting: 'match_request_uri', value: requestUri },
  ];
  return patterns
    .filter(({ identifier, value }) => value !== '' && comesFirst(order, identifier))
    .map(({ identifier, setting, value }) =>
      warning(
        'identify-clash',
        endpoint,
        `Your trunk ${endpoint} claims every call with ${setting}=${value} by its identify section [${name}], perhaps those of linked systems too`,
        `Make sure that no linked system sends that, or ${putFirst(identifier)}`,
      ),
    );
}

/** Identifiers that the order does not name come after those that it names. */
function comesFirst(order: readonly string[], identifier: string): boolean {
  const [position, ofUserName] = [order.indexOf(identifier), order.indexOf('username')];
  return ofUserName === -1 || (position !== -1 && position < ofUserName);
}

function putFirst(identifier: string): string {
  return `put "username" before "${identifier}" in endpoint_identifier_order of the section with type=global in pjsip.conf, and restart Asterisk`;
}
