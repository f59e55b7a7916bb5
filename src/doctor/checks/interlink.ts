import {
  clockToleranceMs,
  isHeard,
  isNew,
  isSilent,
  silenceMs,
  unknownThere,
  type HealthSigns,
} from '../../domain/health.ts';
import { hostAndPort } from '../../domain/host.ts';
import { isEncrypted, technologyOf, type TrunkAddress } from '../../domain/interlink.ts';
import { fine, notChecked, problem, warning, type Finding } from '../finding.ts';

const clockNoticeMs = 5000;

/** What the service knows of an active interlink. */
export interface InterlinkFacts {
  readonly name: string;
  readonly peer: { readonly url: string; readonly trunk: TrunkAddress };
  /** Where the peer reaches this system. */
  readonly own: { readonly url: string; readonly trunk: { readonly host: string; readonly port: number } };
  /** Undefined just after it became active. */
  readonly signs: HealthSigns | undefined;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** Whether each side reaches the other, by request and by trunk, and whether their clocks agree. */
export function checkInterlink(facts: InterlinkFacts): readonly Finding[] {
  const { name, signs } = facts;
  if (signs === undefined || isConnecting(signs, facts.now)) {
    return [notChecked('peer', name, 'it is just connecting')];
  }
  return [...checkRequests(facts, signs), ...checkTrunk(facts, signs), ...checkClock(name, signs)];
}

/** Nothing has been tried for long enough to be told. */
function isConnecting(signs: HealthSigns, now: number): boolean {
  if (isSilent(signs)) return false;
  return signs.answeredAt === undefined || (signs.heardAt === undefined && isNew(signs, now));
}

function checkRequests({ name, peer, own, now }: InterlinkFacts, signs: HealthSigns): readonly Finding[] {
  const found: Finding[] = [];
  if (signs.gone) {
    found.push(
      problem(
        'peer-unreachable',
        name,
        `${name} has deleted this interlink`,
        `Delete it here too: interlinks delete ${JSON.stringify(name)}`,
      ),
    );
  } else if (isSilent(signs) && signs.missedBecause === unknownThere) {
    found.push(
      problem(
        'peer-unreachable',
        name,
        `${name} is there, but ${unknownThere}`,
        `Delete it here (interlinks delete ${JSON.stringify(name)}) and link the two anew`,
      ),
    );
    return found;
  } else if (isSilent(signs)) {
    found.push(
      problem(
        'peer-unreachable',
        name,
        `From here to ${name}: ${peer.url} does not answer${reasonOf(signs)}`,
        `${name} has to run its service, and open TCP port ${portOf(peer.url)} for this system`,
      ),
    );
  }
  if (!isHeard(signs, now)) {
    found.push(
      problem(
        'peer-cannot-reach-us',
        name,
        `From ${name} to here: no request has arrived for ${silenceMs / 1000} s`,
        `Open TCP port ${portOf(own.url)} of this system for ${name}; it is told to use ${own.url} (peer.url), which has to lead here from there`,
      ),
    );
  }
  if (signs.protocolAhead !== 0) {
    const who = signs.protocolAhead > 0 ? 'this system' : name;
    found.push(
      problem(
        'peer-version',
        name,
        `${name} speaks another version of the protocol`,
        `Update Interlinks of ${who}`,
      ),
    );
  }
  return found.length > 0
    ? found
    : [fine('peer', name, `Requests reach ${peer.url}, and those of ${name} arrive here`)];
}

function checkTrunk({ name, peer, own }: InterlinkFacts, signs: HealthSigns): readonly Finding[] {
  if (isSilent(signs)) return [notChecked('trunk', name, `${name} does not answer`)];
  const there = hostAndPort(peer.trunk);
  const here = hostAndPort(own.trunk);
  const { speaks, transport } = signallingOf(peer.trunk);
  const found: Finding[] = [];
  if (signs.trunk === 'down') {
    found.push(
      problem(
        'trunk-unreachable',
        name,
        `From here to ${name}: ${speaks} at ${there} does not answer`,
        `${name} has to run Asterisk, and open ${transport} port ${peer.trunk.port} for this system`,
      ),
    );
  }
  if (signs.peerTrunk === 'down') {
    found.push(
      problem(
        'trunk-unreachable-from-peer',
        name,
        `From ${name} to here: ${speaks} at ${here} does not answer`,
        `Open ${transport} port ${own.trunk.port} of this system for ${name}; ${own.trunk.host} (trunk.address) has to lead here from there`,
      ),
    );
  }
  if (found.length > 0) return found;
  if (signs.trunk === 'unknown' || signs.peerTrunk === 'unknown') {
    return [notChecked('trunk', name, 'Asterisk has not said yet how the trunk is')];
  }
  return [fine('trunk', name, `${speaks} reaches ${there}, and ${here} from there`)];
}

function signallingOf({ kind }: TrunkAddress): { speaks: string; transport: string } {
  if (technologyOf(kind) === 'iax2') return { speaks: 'IAX2', transport: 'UDP' };
  return { speaks: 'SIP', transport: isEncrypted(kind) ? 'TCP' : 'UDP' };
}

function checkClock(name: string, { clockSkewMs }: HealthSigns): readonly Finding[] {
  if (clockSkewMs === undefined) return [];
  const seconds = Math.round(Math.abs(clockSkewMs) / 1000);
  if (Math.abs(clockSkewMs) <= clockNoticeMs) {
    return [fine('clock', name, `The clocks differ by ${(Math.abs(clockSkewMs) / 1000).toFixed(1)} s`)];
  }
  const judge = Math.abs(clockSkewMs) > clockToleranceMs ? problem : warning;
  return [
    judge(
      'clock-differs',
      name,
      `The clock of ${name} is ${seconds} s ${clockSkewMs > 0 ? 'ahead of' : 'behind'} this one`,
      'Let both machines set their clocks by NTP: "timedatectl set-ntp true"',
    ),
  ];
}

function reasonOf({ missedBecause }: HealthSigns): string {
  return missedBecause === undefined ? '' : ` (${missedBecause})`;
}

function portOf(url: string): string {
  const { port } = new URL(url);
  return port === '' ? '443' : port;
}
