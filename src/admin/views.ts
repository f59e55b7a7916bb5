import type { RemoteNumber } from '../calls/remote-numbers.ts';
import type { KnownDirectory } from '../domain/directory.ts';
import type { ConfigState } from '../domain/config-state.ts';
import type { Published } from '../domain/event-hub.ts';
import type { Failure } from '../domain/failure.ts';
import { hostAndPort } from '../domain/host.ts';
import { isEncrypted, technologyOf } from '../domain/interlink.ts';
import type { LocalNumber } from '../domain/local-number.ts';
import type { SystemEvent, WatchedInterlink } from '../domain/system-event.ts';
import type { DeletedInterlink } from '../interlinks/delete-interlink.ts';
import type { EndedInterlink } from '../interlinks/interlink-store.ts';
import type {
  DeletionView,
  EndedInterlinkView,
  EventView,
  InterlinkView,
  NumberView,
  RemoteNumbersView,
  System,
} from './schema.ts';
import { iso, optional } from './view-helpers.ts';

/** A connection to Asterisk, and why there is none. */
interface Connection {
  readonly connected: boolean;
  readonly failure: Failure | undefined;
}

/** What the service knows of itself. */
export interface SystemState {
  readonly name: string;
  readonly id: string;
  readonly version: string;
  readonly asterisk: Connection;
  readonly ami: Connection;
  readonly database: System['database'];
  readonly config: ConfigState;
}

export function viewSystem({ name, id, version, asterisk, ami, database, config }: SystemState): System {
  const { file, inForceSince, refused, awaitingRestart } = config;
  return {
    name,
    id,
    version,
    asterisk: viewConnection(asterisk),
    ami: viewConnection(ami),
    database,
    config: {
      file,
      inForceSince: iso(inForceSince),
      ...optional('refused', refused, ({ at, failure, notPrivate }) => ({
        at: iso(at),
        code: failure.code,
        detail: failure.message,
        remedy: failure.remedy,
        notPrivate: [...notPrivate],
      })),
      awaitingRestart: [...awaitingRestart],
    },
  };
}

function viewConnection({ connected, failure }: Connection): System['ami'] {
  if (failure === undefined) return { connected };
  return { connected, code: failure.code, reason: failure.message, remedy: failure.remedy };
}

export function viewInterlink({ interlink, health, roundTripMs }: WatchedInterlink): InterlinkView {
  const { peer } = interlink;
  return {
    id: interlink.id,
    name: interlink.name,
    state: interlink.state,
    health,
    trunk: { kind: technologyOf(interlink.trunkKind), encrypted: isEncrypted(interlink.trunkKind) },
    ...optional('prefix', interlink.prefix, (prefix) => prefix),
    createdAt: iso(interlink.createdAt),
    ...optional('activatedAt', interlink.activatedAt, iso),
    ...optional('expiresAt', interlink.expiresAt, iso),
    ...optional('roundTripMs', roundTripMs, (ms) => ms),
    ...optional('peer', peer, ({ id, name, url, trunk }) => ({
      id,
      name,
      url,
      trunkAddress: hostAndPort(trunk),
    })),
  };
}

/** @param system the system as it is now */
export function viewEvent({ at, event }: Published<SystemEvent>, system: () => System): EventView {
  switch (event.kind) {
    case 'system-changed':
      return { type: event.kind, at: iso(at), system: system() };
    case 'numbers-changed':
    case 'remote-numbers-changed':
    case 'calls-changed':
    case 'audit-changed':
      return { type: event.kind, at: iso(at) };
    case 'interlink-added':
    case 'interlink-changed':
    case 'interlink-removed':
    case 'health-changed':
      return { type: event.kind, at: iso(at), interlink: viewInterlink(event) };
  }
}

/** Everything that events are about, as it is now. */
export function viewReset(at: number, system: System, interlinks: readonly WatchedInterlink[]): EventView {
  return { type: 'reset', at: iso(at), system, interlinks: interlinks.map(viewInterlink) };
}

export function viewEnded({ interlink, endedAt, cleanUpDue, noticeDue }: EndedInterlink): EndedInterlinkView {
  const { id, name } = interlink;
  return { id, name, endedAt: iso(endedAt), cleanUpPending: cleanUpDue, noticePending: noticeDue };
}

export function viewDeletion({ interlink, cleanUp }: DeletedInterlink): DeletionView {
  const { id, name } = interlink;
  return cleanUp.kind === 'done'
    ? { id, name, cleanUp: 'done', callsEnded: cleanUp.calls }
    : { id, name, cleanUp: 'pending' };
}

export function viewNumber(local: LocalNumber): NumberView {
  const { number, target } = local;
  return {
    number,
    ...optional('name', local.name, (name) => name),
    private: local.private,
    target:
      target.kind === 'ring'
        ? target.endpoints.join(' & ')
        : `${target.location.context},${target.location.extension},${target.location.priority}`,
  };
}

export function viewRemoteNumbers(
  numbers: readonly RemoteNumber[],
  directories: readonly KnownDirectory[],
): RemoteNumbersView {
  return {
    numbers: numbers.map(({ number, name, interlink, away, reach, dial }) => ({
      number,
      ...optional('name', name, (text) => text),
      interlink: interlink.name,
      away,
      reach: reach.kind,
      ...(reach.kind === 'interlink-wins' ? { winner: reach.winner.name } : {}),
      ...optional('dial', dial, (text) => text),
    })),
    directories: directories.map(({ interlink, numbers: all, receivedAt, current }) => ({
      interlink: interlink.name,
      numbers: all.length,
      ...optional('receivedAt', receivedAt, iso),
      current,
    })),
  };
}
