import type { FastifyInstance } from 'fastify';
import { join } from 'node:path';
import { AccessControl } from '../access/access-control.ts';
import { readPage } from '../admin/page.ts';
import { adminServer } from '../admin/server.ts';
import { loadOrCreateToken } from '../admin/token.ts';
import { viewSystem } from '../admin/views.ts';
import { remoteNumbers } from '../calls/remote-numbers.ts';
import type { ConfigFile } from '../config/config-file.ts';
import { version } from '../domain/version.ts';
import { deleteInterlink } from '../interlinks/delete-interlink.ts';
import { dropNotice } from '../interlinks/drop-notice.ts';
import type { EndInterlink } from '../interlinks/end-interlink.ts';
import { watchInterlink } from '../interlinks/interlink-events.ts';
import { renameInterlink } from '../interlinks/rename-interlink.ts';
import { setPrefix } from '../interlinks/set-prefix.ts';
import { ReadinessCheck } from '../observability/readiness.ts';
import { PeerServer } from '../peer/server.ts';
import type { AsteriskParts } from './asterisk.ts';
import type { CallParts } from './calls.ts';
import type { DoctorParts } from './doctor.ts';
import type { Foundation } from './foundation.ts';
import type { InterlinkParts } from './interlinks.ts';

/** Where `make page` puts it, and a release has it. */
const pageFolder = join(import.meta.dirname, '../../build/page');

/** The configuration file, as far as admins reach it through the service. */
export type Settings = Pick<ConfigFile, 'state' | 'subscribe' | 'setPrivate'>;

/** What linked systems reach. @param endedByPeer resolves once the end is on disk */
export function buildPeerServer(
  { identity, registry, store, now, uptime, log, logOf, refusals, events }: Foundation,
  { acceptPairing, confirmPairing, health, followPeer, directories, notices }: InterlinkParts,
  { answerLookup, mediaTests }: CallParts,
  endedByPeer: (id: string) => Promise<void>,
): PeerServer {
  return new PeerServer({
    identity,
    findInterlink: (id) => registry.findEver(id),
    learned: (id) => notices.learned(id),
    acceptPairing: (request) => acceptPairing.accept(request),
    confirm: (id) => confirmPairing.confirm(id),
    heard: (interlink, beat) => health.heard(interlink, beat),
    answerLookup,
    follow: (id, contact, toldAt) => {
      followPeer
        .follow(id, contact, toldAt)
        .catch((error: unknown) =>
          log.warn({ err: error, interlink: id }, 'cannot follow the peer; trying again'),
        );
    },
    mediaTests,
    receiveDirectory: async (interlink, directory) => {
      const kept = await directories.receive(interlink, directory);
      events.publish({ kind: 'remote-numbers-changed' });
      return kept;
    },
    noticed: async (interlink, notice) => {
      switch (notice.kind) {
        case 'deleted':
          await endedByPeer(interlink.id);
      }
    },
    seenRequests: store.seenRequests,
    uptime,
    now,
    logger: logOf('peer'),
    refusals,
  });
}

/** What the admins of this system reach. */
export async function buildAdminServer(
  { config, live, identity, registry, store, events, now, uptime, logOf, metrics, refusals }: Foundation,
  { generateKey, redeemKey, pairing, health, directories, notices }: InterlinkParts,
  { ari, ami }: AsteriskParts,
  { explain, recorder }: CallParts,
  { examine, testMedia }: DoctorParts,
  ending: EndInterlink,
  settings: Settings,
): Promise<FastifyInstance> {
  const readiness = new ReadinessCheck({
    asterisk: () => ari.unready,
    pingDatabase: () => store.ping(),
  });
  return adminServer(
    {
      access: new AccessControl({
        fileToken: await loadOrCreateToken(config.dataDir),
        store: store.accessTokens,
        now,
      }),
      audit: store.audit,
      auditChanged: () => events.publish({ kind: 'audit-changed' }),
      page: await readPage(pageFolder),
      system: () =>
        viewSystem({
          name: live.current.system.name,
          id: identity.id,
          version,
          asterisk: ari,
          ami,
          database: config.database === undefined ? 'sqlite' : 'postgresql',
          config: settings.state,
        }),
      interlinks: () => registry.all().map((interlink) => watchInterlink(health, interlink)),
      watch: (interlink) => watchInterlink(health, interlink),
      events,
      endedInterlinks: () => store.interlinks.unfinishedEnds(),
      generateKey: (input) => generateKey.generate(input),
      redeemKey: (input) => redeemKey.redeem(input),
      renameInterlink: (id, name, was) => renameInterlink(pairing, id, name, was),
      setPrefix: (id, prefix, was) =>
        setPrefix({ ...pairing, ownPrefix: () => live.current.dialing.ownPrefix }, id, prefix, was),
      deleteInterlink: (id) => deleteInterlink(ending, id),
      dropNotice: (id) => dropNotice({ notices, store: store.interlinks }, id),
      numbers: () => live.plan.numbers,
      setPrivate: (number, hidden) => settings.setPrivate(number, hidden),
      directories: () => directories.list(),
      remoteNumbers: (known) => remoteNumbers(live.plan, known),
      explain,
      examine,
      testMedia,
      calls: recorder,
      interlinkName: async (id) => (await registry.findEver(id))?.name ?? id,
      unready: () => readiness.reasons(),
      metrics: metrics.of({ registry, health, recorder, settings, readiness, ami }),
      refusals,
      now,
      uptime,
      log: logOf('admin'),
    },
    config.admin,
  );
}
