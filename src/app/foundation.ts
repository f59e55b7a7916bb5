import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import type { OwnCertificate } from '../asterisk/own-certificate.ts';
import type { Config } from '../config/config.ts';
import type { LiveConfig } from '../config/live-config.ts';
import type { Secrets } from '../config/secret.ts';
import { EventHub } from '../domain/event-hub.ts';
import type { FailureError } from '../domain/failure.ts';
import type { Identity } from '../domain/identity.ts';
import type { Refusals } from '../domain/refusal.ts';
import type { SystemEvent } from '../domain/system-event.ts';
import { tellFailedChanges } from '../interlinks/failed-changes.ts';
import { InterlinkRegistry } from '../interlinks/interlink-registry.ts';
import type { LocalSystem } from '../interlinks/local-system.ts';
import type { StepListener } from '../interlinks/steps.ts';
import { Metrics } from '../observability/metrics.ts';
import { RefusalLog } from '../observability/refusal-log.ts';
import { openStore, type Store } from '../store/index.ts';
import { loadIdentity } from './identity.ts';
import { localSystem } from './local-system.ts';
import { startPruning } from './pruning.ts';
import { storeOptions } from './store-options.ts';
import { openOwnCertificate } from './trunks.ts';

/** Events kept for a client that comes back: several minutes, even while every one of 1,000 interlinks changes. */
const keptEvents = 5000;

export interface FoundationInputs {
  readonly configFile: string;
  readonly live: LiveConfig;
  readonly secrets: Secrets;
  readonly log: Logger;
  readonly onStep: StepListener;
  readonly onDatabaseTaken: (failure: FailureError) => void;
  /** Takes what is to be stopped, in reverse order. */
  readonly parts: AsyncDisposableStack;
}

/** What every other part of the service stands on. */
export interface Foundation extends FoundationInputs {
  /** What only a restart applies; all else is asked of `live` each time. */
  readonly config: Config;
  /** The log of one part of the service. */
  readonly logOf: (part: string) => Logger;
  readonly metrics: Metrics;
  /** Told of everybody who is turned away. */
  readonly refusals: Refusals;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Milliseconds since the process began; never set back. */
  readonly uptime: () => number;
  readonly store: Store;
  readonly identity: Identity;
  readonly system: () => LocalSystem;
  readonly registry: InterlinkRegistry;
  readonly ownCertificate: OwnCertificate;
  readonly events: EventHub<SystemEvent>;
}

/** Milliseconds since the process began; never set back. */
const uptime = (): number => performance.now();

/** Opens the store and loads what is in it. */
export async function layFoundation(inputs: FoundationInputs): Promise<Foundation> {
  const { live, secrets, log, onDatabaseTaken, parts } = inputs;
  const config = live.current;
  const metrics = new Metrics();
  const now = Date.now;
  const logOf = (part: string): Logger => log.child({ part });
  const opened = await openStore(storeOptions(config, secrets, log, onDatabaseTaken));
  parts.defer(() => opened.close());
  const registry = new InterlinkRegistry(opened.interlinks);
  parts.defer(() => registry.stop());
  const changes = tellFailedChanges(opened.interlinks, (id) => registry.refreshLater(id));
  const store = { ...opened, interlinks: { ...opened.interlinks, ...changes } };
  parts.defer(startPruning({ store, live, now, log }));
  const identity = await loadIdentity(store, config);
  await registry.load();
  const ownCertificate = await openOwnCertificate(config, identity.id, registry);
  const started = localSystem(config, () => ownCertificate.certificate);
  return {
    ...inputs,
    config,
    logOf,
    metrics,
    refusals: new RefusalLog(logOf('refusals'), metrics, uptime),
    now,
    uptime,
    store,
    identity,
    system: () => ({ ...started, name: live.current.system.name }),
    registry,
    ownCertificate,
    events: new EventHub<SystemEvent>({ instance: randomUUID(), capacity: keptEvents, now }),
  };
}
