import type { AccessControl } from '../access/access-control.ts';
import type { AuditStore } from '../access/audit-log.ts';
import type { CallStore } from '../calls/call-store.ts';
import type { Explanation } from '../calls/explain-route.ts';
import type { RemoteNumber } from '../calls/remote-numbers.ts';
import type { KnownDirectory } from '../domain/directory.ts';
import type { Result } from '../domain/failure.ts';
import type { EventHub } from '../domain/event-hub.ts';
import type { Interlink, TrunkKind } from '../domain/interlink.ts';
import type { LocalNumber } from '../domain/local-number.ts';
import type { Logger } from '../domain/logger.ts';
import type { Refusals } from '../domain/refusal.ts';
import type { SystemEvent, WatchedInterlink } from '../domain/system-event.ts';
import type { DeletedInterlink } from '../interlinks/delete-interlink.ts';
import type { EndedInterlink } from '../interlinks/interlink-store.ts';
import type { Page } from './page.ts';
import type { FindingView, System } from './schema.ts';
import type { WatchDeps } from './watch-routes.ts';

/** The use-cases behind the admin API. */
export interface AdminDeps extends WatchDeps {
  readonly access: AccessControl;
  readonly audit: AuditStore;
  readonly auditChanged: () => void;
  /** Undefined when it has not been built. */
  readonly page: Page | undefined;
  readonly system: () => System;
  readonly interlinks: () => readonly WatchedInterlink[];
  readonly endedInterlinks: () => Promise<readonly EndedInterlink[]>;
  readonly watch: (interlink: Interlink) => WatchedInterlink;
  readonly generateKey: (input: {
    name: string;
    trunkKind?: TrunkKind;
    expiresInMs?: number;
    url?: string;
    trunkHost?: string;
  }) => Promise<Result<{ key: string; interlink: Interlink }>>;
  readonly redeemKey: (input: {
    name: string;
    key: string;
    plain?: boolean | undefined;
  }) => Promise<Result<Interlink>>;
  /** @param was nothing is changed unless it is still called that */
  readonly renameInterlink: (id: string, name: string, was: string | undefined) => Promise<Result<Interlink>>;
  /** @param was nothing is changed unless it still is that; null stands for none */
  readonly setPrefix: (
    id: string,
    prefix: string | undefined,
    was: string | null | undefined,
  ) => Promise<Result<Interlink>>;
  readonly deleteInterlink: (id: string) => Promise<Result<DeletedInterlink>>;
  readonly dropNotice: (id: string) => Promise<Result<Interlink>>;
  readonly numbers: () => readonly LocalNumber[];
  /** In force, and in the configuration file, when it resolves. */
  readonly setPrivate: (number: string, hidden: boolean) => Promise<Result<LocalNumber>>;
  /** What linked systems share, the oldest interlink first. */
  readonly directories: () => readonly KnownDirectory[];
  readonly remoteNumbers: (directories: readonly KnownDirectory[]) => readonly RemoteNumber[];
  readonly explain: (dialed: string, from: string | undefined) => Promise<Result<Explanation>>;
  /** What doctor finds, on this side and on each interlink. */
  readonly examine: () => Promise<readonly FindingView[]>;
  /** What doctor finds about the sound of an interlink. */
  readonly testMedia: (interlinkId: string) => Promise<Result<readonly FindingView[]>>;
  readonly events: EventHub<SystemEvent>;
  readonly calls: Pick<CallStore, 'list' | 'usage'>;
  /** What an interlink is called here, also one that has been deleted. */
  readonly interlinkName: (id: string) => Promise<string>;
  readonly refusals: Refusals;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Milliseconds since the process began; never set back. */
  readonly uptime: () => number;
  readonly log: Logger;
}
