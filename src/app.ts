import { randomBytes, randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { Logger } from 'pino';
import { adminServer } from './admin/server.ts';
import { loadOrCreateToken } from './admin/token.ts';
import { AriConnection } from './asterisk/ari-connection.ts';
import { CallChannels } from './asterisk/call-channels.ts';
import { DialplanGlobals } from './asterisk/dialplan-globals.ts';
import { PjsipTrunks } from './asterisk/pjsip-trunks.ts';
import { AriTrunkCalls } from './asterisk/trunk-calls.ts';
import { StasisApplication } from './asterisk/stasis-application.ts';
import { TransitWatch } from './asterisk/transit-watch.ts';
import { admitCall } from './calls/admit-call.ts';
import { answerLookup } from './calls/answer-lookup.ts';
import { CallRecorder } from './calls/call-recorder.ts';
import { explainArrival, explainRoute, type Explanation } from './calls/explain-route.ts';
import { LookupLimit } from './calls/lookup-limit.ts';
import { remoteNumbers } from './calls/remote-numbers.ts';
import { routeCall } from './calls/route-call.ts';
import { TicketOffice } from './calls/tickets.ts';
import type { ConfigChange, LiveConfig } from './config/live-config.ts';
import type { Secrets } from './config/secret.ts';
import { identifyCaller } from './domain/caller.ts';
import { EventHub } from './domain/event-hub.ts';
import { fail, ok, type Result } from './domain/failure.ts';
import { isActive, type ActiveInterlink } from './domain/interlink.ts';
import { directoryOf } from './domain/directory.ts';
import type { LocalNumber } from './domain/local-number.ts';
import type { SystemEvent } from './domain/system-event.ts';
import { protocolVersion, version } from './domain/version.ts';
import { AbandonPairings } from './interlinks/abandon-pairings.ts';
import { AcceptPairing } from './interlinks/accept-pairing.ts';
import { ConfirmPairing } from './interlinks/confirm-pairing.ts';
import { directoryExchange } from './interlinks/directory-exchange.ts';
import { DirectoryPublisher } from './interlinks/directory-publisher.ts';
import { deleteInterlink } from './interlinks/delete-interlink.ts';
import { DeletionNotices } from './interlinks/deletion-notices.ts';
import { EndInterlink } from './interlinks/end-interlink.ts';
import { Exclusive } from './interlinks/exclusive.ts';
import { FollowPeer } from './interlinks/follow-peer.ts';
import { GenerateKey } from './interlinks/generate-key.ts';
import { HealthMonitor } from './interlinks/health-monitor.ts';
import { publishInterlinkEvents, watchInterlink } from './interlinks/interlink-events.ts';
import { InterlinkRegistry } from './interlinks/interlink-registry.ts';
import { PeerDirectories } from './interlinks/peer-directories.ts';
import { contactOf, type LocalSystem } from './interlinks/local-system.ts';
import { RedeemKey } from './interlinks/redeem-key.ts';
import { RedemptionRunner } from './interlinks/redemption-runner.ts';
import { renameInterlink } from './interlinks/rename-interlink.ts';
import { RestoreWatch } from './interlinks/restore-watch.ts';
import type { StepListener } from './interlinks/steps.ts';
import { TrunkReconciler } from './interlinks/trunk-reconciler.ts';
import { PeerClient } from './peer/client.ts';
import { pairingCodec } from './peer/pairing-wire.ts';
import { PeerServer } from './peer/server.ts';
import { inDialplan, loadIdentity, localSystem, storeOptions } from './app-inputs.ts';
import { listenOn } from './listen.ts';
import { openStore } from './store/index.ts';

/** Name of the Stasis application; dialplan/interlinks.conf says the same. */
const stasisApplication = 'interlinks';

/** Events kept for a client that comes back: several minutes, even while every one of 1,000 interlinks changes. */
const keptEvents = 5000;

const pruneEveryMs = 3_600_000;

const uptime = (): number => performance.now();

export interface AppOptions {
  readonly live: LiveConfig;
  /** Writes into the configuration file whether a number is private; in force when it resolves. */
  readonly setPrivate: (number: string, hidden: boolean) => Promise<Result<LocalNumber>>;
  readonly secrets: Secrets;
  readonly log: Logger;
  /** Told of each step by which an interlink begins and ends. */
  readonly onStep?: StepListener | undefined;
}

export interface App {
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
    await build(options, parts);
  } catch (error) {
    await parts.disposeAsync();
    throw error;
  }
  return { stop: () => parts.disposeAsync() };
}

async function build(
  { live, setPrivate, secrets, log, onStep = () => undefined }: AppOptions,
  parts: AsyncDisposableStack,
): Promise<void> {
  const now = Date.now;
  /** What only a restart applies; all else is asked of `live` each time. */
  const config = live.current;
  const plan = () => live.plan;
  const notFound = () => live.current.dialing.notFound;
  const store = await openStore(storeOptions(config, secrets, log));
  parts.defer(() => store.close());
  const pruning = setInterval(() => {
    store.seenRequests
      .prune(now())
      .catch((error: unknown) => log.warn({ err: error }, 'old request ids stay'));
  }, pruneEveryMs).unref();
  parts.defer(() => clearInterval(pruning));
  const identity = await loadIdentity(store, config);
  const started = localSystem(config, log);
  const system = (): LocalSystem => ({ ...started, name: live.current.system.name });
  const events = new EventHub<SystemEvent>({ instance: randomUUID(), capacity: keptEvents, now });
  const logOf = (part: string): Logger => log.child({ part });

  // Interlinks
  const registry = new InterlinkRegistry(store.interlinks);
  await registry.load();
  const client = new PeerClient({
    identity,
    now,
    allowLoopback: () => started.allowLoopback,
    logger: logOf('peer'),
    onGone: ({ id }) =>
      void endedByPeer(id).catch((error: unknown) => log.error({ err: error }, 'not ended')),
  });
  parts.defer(() => client.close());
  const tickets = new TicketOffice(() => performance.now());
  registry.subscribe(({ before, after }) => {
    if (before === undefined || after !== undefined) return;
    tickets.revoke(before.id);
    void client.release(before.id);
  });
  const notices = new DeletionNotices({
    store: store.interlinks,
    registry,
    transport: client,
    logger: logOf('peer'),
    onStep,
  });
  const pairing = {
    store: store.interlinks,
    registry,
    codec: pairingCodec,
    identity,
    system,
    now,
    randomBytes,
    logger: logOf('pairing'),
    exclusive: new Exclusive(),
    onStep,
  };
  const isAway = (id: string): boolean => health.isAway(id);
  const directories = new PeerDirectories({ registry, store: store.directories, isAway, now, uptime });
  await directories.load();
  const publisher = new DirectoryPublisher({
    registry,
    transport: client,
    directory: () => directoryOf(live.plan),
    isAway,
    uptime,
    logger: logOf('directory'),
  });
  const history = new RestoreWatch({ registry, store: store.history, identity, logger: logOf('history') });
  await history.start();
  parts.defer(() => history.stop());
  const health = new HealthMonitor({
    registry,
    transport: client,
    directories: directoryExchange(publisher, directories),
    history,
    system,
    contact: (interlink) => contactOf(system(), identity.certificate, interlink),
    version,
    protocol: protocolVersion,
    now,
    logger: logOf('health'),
  });
  const redemptions = new RedemptionRunner({ ...pairing, transport: client, notices });
  const followPeer = new FollowPeer(pairing);
  const abandoned = new AbandonPairings(pairing);
  const generateKey = new GenerateKey(pairing);
  const redeemKey = new RedeemKey({ ...pairing, runner: redemptions });
  const acceptPairing = new AcceptPairing(pairing);
  const confirmPairing = new ConfirmPairing(pairing);

  // Asterisk
  const ari = new AriConnection({
    ...config.asterisk.ari,
    password: secrets.ariPassword.reveal(),
    application: stasisApplication,
    log: logOf('asterisk'),
  });
  const channels = new CallChannels(ari, stasisApplication);
  const trunks = new TrunkReconciler({
    registry,
    store: store.interlinks,
    provisioners: {
      pjsip: new PjsipTrunks(ari, {
        application: stasisApplication,
        codecs: () => live.current.trunk.pjsip.codecs,
        onState: (trunk, state) => {
          const interlink = registry.findByTrunk(trunk);
          if (interlink !== undefined) health.trunkStateChanged(interlink.id, state);
        },
      }),
    },
    calls: new AriTrunkCalls(ari, channels),
    logger: logOf('trunks'),
  });
  const ending = new EndInterlink({ ...pairing, trunks });

  // Calls
  const limit = new LookupLimit(() => performance.now(), logOf('calls'));
  const recorder = new CallRecorder({
    store: store.calls,
    now,
    onError: (error, callId) => log.error({ err: error, callId }, 'call record not written; trying again'),
  });
  parts.defer(() => recorder.stop());
  const routing = {
    plan,
    interlinks: { active: () => registry.active(), isAway },
    directories,
    lookups: client,
    systemName: () => live.current.system.name,
    notFound,
  };
  const transit = new TransitWatch({ ari, channels, recorder, log: logOf('calls') });
  const calls = new StasisApplication({
    ari,
    channels,
    route: (call, signal) => routeCall(routing, call, signal),
    admit: (call) => admitCall({ plan, tickets }, call),
    identify: (endpoint, callerId) => identifyCaller(live.plan, endpoint, callerId, live.current.system.name),
    interlinkOfTrunk: (trunk) => activeOrNone(registry, trunk),
    recorder,
    notFound,
    now,
    log: logOf('calls'),
  });
  const globals = new DialplanGlobals(
    ari,
    { notFound, numbers: () => live.plan.numbers.map(({ number }) => number) },
    logOf('asterisk'),
  );
  parts.defer(live.subscribe((change) => refreshDialplan(change)));
  parts.defer(live.subscribe(() => publisher.numbersChanged()));

  // What others reach
  const peers = new PeerServer({
    identity,
    findInterlink: (id) => registry.findEver(id),
    acceptPairing: (request) => acceptPairing.accept(request),
    confirm: (id) => confirmPairing.confirm(id),
    heard: (interlink, beat) => health.heard(interlink, beat),
    answerLookup: (interlink, query) => answerLookup({ plan, tickets, limit }, interlink, query),
    follow: (id, contact, toldAt) => {
      followPeer
        .follow(id, contact, toldAt)
        .catch((error: unknown) =>
          log.warn({ err: error, interlink: id }, 'cannot follow the peer; trying again'),
        );
    },
    receiveDirectory: (interlink, directory) => directories.receive(interlink, directory),
    noticed: async (interlink, notice) => {
      switch (notice.kind) {
        case 'deleted':
          await endedByPeer(interlink.id);
      }
    },
    seenRequests: store.seenRequests,
    now,
    logger: logOf('peer'),
  });
  const admin = adminServer(
    {
      token: await loadOrCreateToken(config.dataDir),
      system: () => ({
        name: live.current.system.name,
        id: identity.id,
        version,
        asterisk: {
          connected: ari.connected,
          ...(ari.failure === undefined ? {} : { reason: ari.failure.message }),
        },
        database: config.database === undefined ? 'sqlite' : 'postgresql',
      }),
      interlinks: () => registry.all().map((interlink) => watchInterlink(health, interlink)),
      watch: (interlink) => watchInterlink(health, interlink),
      events,
      endedInterlinks: () => store.interlinks.unfinishedEnds(),
      generateKey: (input) => generateKey.generate(input),
      redeemKey: (input) => redeemKey.redeem(input),
      renameInterlink: (id, name) => renameInterlink(pairing, id, name),
      deleteInterlink: (id) => deleteInterlink(ending, id),
      numbers: () => live.plan.numbers,
      setPrivate,
      directories: () => directories.list(),
      remoteNumbers: (known) => remoteNumbers(live.plan, known),
      explain: (dialed, from) => explain(dialed, from),
      calls: store.calls,
      interlinkName: (id) => registry.find(id)?.name ?? id,
      log: logOf('admin'),
    },
    config.admin.listen,
  );

  /** Resolves once the end is on disk. */
  async function endedByPeer(id: string): Promise<void> {
    await ending.end(id, 'other-side');
  }

  /** @param from an endpoint such as `PJSIP/101`, or what an interlink is called here */
  async function explain(dialed: string, from: string | undefined): Promise<Result<Explanation>> {
    if (from === undefined) return ok(await explainRoute(routing, dialed, undefined));
    if (from.includes('/')) return ok(await explainRoute(routing, dialed, { endpoint: from, callerId: '' }));
    const interlink = registry.active().find(({ name }) => name.toLowerCase() === from.toLowerCase());
    if (interlink !== undefined) return ok(explainArrival(routing, dialed, interlink));
    return fail(
      'not-found',
      `"${from}" is neither an endpoint nor a connected interlink`,
      'Write PJSIP/101, or a name that "interlinks list" shows',
    );
  }

  /** At the next connect Asterisk gets all of it anyway. */
  async function refreshDialplan({ before, after }: ConfigChange): Promise<void> {
    if (!ari.connected || isDeepStrictEqual(inDialplan(before), inDialplan(after))) return;
    await globals.refresh().catch((error: unknown) => {
      log.warn({ err: error }, 'the dial plan does not know the changed numbers yet');
    });
  }

  function asteriskChanged(connected: boolean): void {
    health.asteriskConnectionChanged(connected);
    events.publish({ kind: 'system-changed' });
  }

  async function takeCalls(): Promise<void> {
    asteriskChanged(true);
    await trunks.reconcile();
    await calls.resume();
    await transit.resume();
    await globals.start();
    log.info('ready for calls');
  }

  parts.defer(() => trunks.stop());
  parts.defer(() => publisher.stop());
  notices.start();
  parts.defer(() => notices.stop());
  health.start();
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
  ari.on('failed', () => events.publish({ kind: 'system-changed' }));
  ari.start(takeCalls);
  parts.defer(() => ari.stop());
  parts.defer(() => globals.stop());
}

function activeOrNone(registry: InterlinkRegistry, trunk: string): ActiveInterlink | undefined {
  const interlink = registry.findByTrunk(trunk);
  return interlink !== undefined && isActive(interlink) ? interlink : undefined;
}
