import type { Logger } from 'pino';
import { buildAsterisk } from './app/asterisk.ts';
import { keepAuditTrail } from './app/audit-trail.ts';
import { buildCalls } from './app/calls.ts';
import { buildDoctor } from './app/doctor.ts';
import { layFoundation } from './app/foundation.ts';
import { buildInterlinks } from './app/interlinks.ts';
import { listenOn } from './app/listen.ts';
import { publishNumberChanges } from './app/number-events.ts';
import { buildAdminServer, buildPeerServer, type Settings } from './app/servers.ts';
import type { LiveConfig } from './config/live-config.ts';
import type { Secrets } from './config/secret.ts';
import type { FailureError } from './domain/failure.ts';
import { version } from './domain/version.ts';
import { EndInterlink } from './interlinks/end-interlink.ts';
import { publishInterlinkEvents } from './interlinks/interlink-events.ts';
import type { StepListener } from './interlinks/steps.ts';
import { statusLine } from './observability/status-line.ts';

export interface AppOptions {
  readonly configFile: string;
  readonly live: LiveConfig;
  readonly settings: Settings;
  readonly secrets: Secrets;
  readonly log: Logger;
  /** Told of each step by which an interlink begins and ends. */
  readonly onStep?: StepListener | undefined;
  /** Told that another daemon has taken the database meanwhile: this one has to stop. */
  readonly onDatabaseTaken: (failure: FailureError) => void;
}

export interface App {
  /** One line about how things stand, for people. */
  status(): string;
  /** Takes no new work, ends what is under way, lets go of the database. Calls that are up go on. */
  stop(): Promise<void>;
}

/**
 * Builds every part of the service once and starts them in order: nobody is served before all is there. What was
 * started is stopped again in reverse, also when the start fails half-way.
 *
 * @throws FailureError when it cannot start
 */
export async function startApp(options: AppOptions): Promise<App> {
  const parts = new AsyncDisposableStack();
  try {
    const status = await start(options, parts);
    return { status, stop: () => parts.disposeAsync() };
  } catch (error) {
    await parts.disposeAsync();
    throw error;
  }
}

async function start(
  { settings, onStep = () => undefined, ...options }: AppOptions,
  parts: AsyncDisposableStack,
): Promise<App['status']> {
  const base = await layFoundation({ ...options, onStep, parts });
  const { config, live, log, identity, registry, events } = base;
  const links = await buildInterlinks(
    base,
    (id) => void endedByPeer(id).catch((error: unknown) => log.error({ err: error }, 'not ended')),
  );
  const { health, notices, publisher, redemptions, abandoned } = links;
  const asterisk = buildAsterisk(base, links);
  const { ari, ami, trunks, heartbeat, mirror } = asterisk;
  const trail = keepAuditTrail(base);
  const ending = new EndInterlink({ ...links.pairing, trunks });
  const calls = buildCalls(base, links, asterisk);
  const peers = buildPeerServer(base, links, calls, endedByPeer);
  const doctor = buildDoctor(base, links, calls);
  const admin = await buildAdminServer(base, links, asterisk, calls, doctor, ending, settings);

  /** Resolves once the end is on disk. */
  async function endedByPeer(id: string): Promise<void> {
    const ended = await ending.end(id, 'other-side');
    if (ended !== undefined) await trail.ended(ended.interlink);
  }

  function systemChanged(): void {
    events.publish({ kind: 'system-changed' });
  }

  function asteriskChanged(connected: boolean): void {
    health.asteriskConnectionChanged(connected);
    systemChanged();
  }

  async function takeCalls(): Promise<void> {
    asteriskChanged(true);
    await calls.resume();
    // With 1,000 trunks it takes a while until all have been looked at; calls over those that are there need not wait.
    await heartbeat.start();
    await trunks.reconcile();
    log.info('ready for calls');
  }

  publishNumberChanges(base);
  parts.defer(live.subscribe(() => publisher.numbersChanged()));
  parts.defer(() => trunks.stop());
  parts.defer(() => publisher.stop());
  notices.start();
  parts.defer(() => notices.stop());
  health.start();
  parts.defer(settings.subscribe(systemChanged));
  parts.defer(publishInterlinkEvents({ registry, health, hub: events }));
  parts.defer(() => health.stop());
  parts.defer(() => abandoned.stop());
  parts.defer(() => redemptions.stop());
  await peers.listen(config.peer.listen);
  parts.defer(() => peers.close());
  await listenOn(admin, config.admin.listen, 'admin.listen');
  parts.defer(() => admin.close());
  log.info({ peer: config.peer.listen, admin: config.admin.listen, id: identity.id, version }, 'listening');
  await redemptions.resumeRedemptions();
  ari.on('down', () => asteriskChanged(false));
  ari.on('failed', systemChanged);
  ami.on('failed', systemChanged);
  ami.on('down', systemChanged);
  ami.start(async () => {
    await mirror.start();
    systemChanged();
  });
  parts.defer(() => ami.stop());
  ari.start(takeCalls);
  parts.defer(() => ari.stop());
  parts.defer(() => heartbeat.stop());
  return () =>
    statusLine(
      ari,
      registry.active().map((interlink) => health.healthOf(interlink)),
    );
}
