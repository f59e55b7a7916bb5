import { isEncrypted, type Interlink } from './interlink.ts';

/** Whether the peer's Asterisk answers on the trunk; `unknown` while Asterisk has not said. */
export type TrunkState = 'up' | 'down' | 'unknown';

/** Grey: not connected yet. Green: works. Amber: works in part. Red: the other side does not answer. */
export type HealthColour = 'grey' | 'green' | 'amber' | 'red';

export interface Health {
  readonly colour: HealthColour;
  /** In words, for admins. */
  readonly reason: string;
}

/** What is known, at this moment, of an active interlink. Times are milliseconds since the epoch, by this clock. */
export interface HealthSigns {
  /** When this side's first heartbeat was due. */
  readonly since: number;
  /** When the peer last answered one. */
  readonly answeredAt: number | undefined;
  /** Heartbeats in a row that it did not answer. */
  readonly misses: number;
  /** In words, why the last of these was not answered. */
  readonly missedBecause: string | undefined;
  /** When a heartbeat of the peer last arrived here. */
  readonly heardAt: number | undefined;
  /** The peer said, signed, that it has no such interlink any more. */
  readonly gone: boolean;
  /** The peer's clock less this one's. */
  readonly clockSkewMs: number | undefined;
  /** Version of the protocol that the peer speaks less this side's; 0 until it has told. */
  readonly protocolAhead: number;
  /** The trunk as this side's Asterisk sees it, and as the peer's does. */
  readonly trunk: TrunkState;
  readonly peerTrunk: TrunkState;
  /** Whether this side's Asterisk is connected. */
  readonly asteriskConnected: boolean;
}

/** So many unanswered heartbeats make an interlink red. */
const maxMisses = 2;
/** Two turns, 5 or 6 s each, a heartbeat that got lost and is repeated, and a little. */
export const silenceMs = 18_000;
/** Why requests are not answered by a system that has lost the interlink; see {@link HealthSigns.missedBecause}. */
export const unknownThere = 'it does not know this interlink, as after the restore of an older backup';
/** As far as two clocks may differ without notice; also the tolerance of request tokens. */
export const clockToleranceMs = 60_000;

/** Computes what an admin sees of an interlink. @param signs what the health monitor knows, for an active one */
export function computeHealth(interlink: Interlink, signs: HealthSigns | undefined, now: number): Health {
  switch (interlink.state) {
    case 'key-ready':
      if (interlink.issuedBeforeRestore) {
        return { colour: 'grey', reason: 'not accepted any more: the key is from before a restore' };
      }
      return interlink.expiresAt !== undefined && interlink.expiresAt <= now
        ? { colour: 'grey', reason: 'the key has expired' }
        : { colour: 'grey', reason: 'waiting for the other side' };
    case 'pairing':
      return { colour: 'grey', reason: 'pairing' };
    case 'tombstone':
      return { colour: 'grey', reason: 'deleted' };
    case 'active':
      return signs === undefined
        ? { colour: 'amber', reason: 'connecting' }
        : healthOfActive(interlink, signs, now);
  }
}

/** Whether the peer is known not to answer, so that asking it is a waste of time. */
export function isSilent(signs: HealthSigns): boolean {
  return signs.gone || signs.misses >= maxMisses;
}

/** Whether a heartbeat of the peer has arrived lately. */
export function isHeard({ heardAt }: HealthSigns, now: number): boolean {
  return heardAt !== undefined && now - heardAt <= silenceMs;
}

/** Whether the first heartbeats may still be on their way. */
export function isNew({ since }: HealthSigns, now: number): boolean {
  return now - since <= silenceMs;
}

function healthOfActive({ trunkKind }: Interlink, signs: HealthSigns, now: number): Health {
  const heardLately = isHeard(signs, now);
  if (signs.gone) return { colour: 'red', reason: 'the other side has deleted this interlink' };
  if (isSilent(signs)) {
    const why = signs.missedBecause === undefined ? '' : ` (${signs.missedBecause})`;
    const since = `does not answer since ${timeOf(signs.answeredAt ?? signs.since)}${why}`;
    return { colour: 'red', reason: heardLately ? `${since}, but reaches this side` : since };
  }
  const reason =
    amberReason(signs, heardLately, now) ?? (isEncrypted(trunkKind) ? undefined : 'calls are not encrypted');
  return reason === undefined ? { colour: 'green', reason: 'connected' } : { colour: 'amber', reason };
}

function amberReason(signs: HealthSigns, heardLately: boolean, now: number): string | undefined {
  if (signs.answeredAt === undefined) return 'connecting';
  if (!signs.asteriskConnected) return 'Asterisk not connected here';
  if (!heardLately) {
    const patient = signs.heardAt === undefined && isNew(signs, now);
    return patient ? 'connecting' : 'the other side cannot reach us';
  }
  if (signs.protocolAhead !== 0) return protocolReason(signs.protocolAhead);
  if (signs.trunk === 'down') return 'trunk does not answer';
  if (signs.peerTrunk === 'down') return 'trunk does not answer in the other direction';
  if (signs.trunk === 'unknown') return 'trunk not checked yet';
  if (signs.peerTrunk === 'unknown') return 'trunk not checked yet in the other direction';
  return clockReason(signs.clockSkewMs ?? 0);
}

function protocolReason(ahead: number): string {
  return ahead > 0
    ? 'the other side speaks a newer version of the protocol; update Interlinks here'
    : 'the other side speaks an older version of the protocol; it has to update Interlinks';
}

function clockReason(skewMs: number): string | undefined {
  if (Math.abs(skewMs) <= clockToleranceMs) return undefined;
  const seconds = Math.round(Math.abs(skewMs) / 1000);
  return `clock differs by ${seconds} s (the other side's is ${skewMs > 0 ? 'ahead' : 'behind'})`;
}

/** Such as `2026-11-23 17:08:20 UTC`. */
function timeOf(milliseconds: number): string {
  return `${new Date(milliseconds).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}
