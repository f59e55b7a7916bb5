import { randomBytes } from 'node:crypto';
import { directoryOf } from '../domain/directory.ts';
import { protocolVersion, version } from '../domain/version.ts';
import { AbandonPairings } from '../interlinks/abandon-pairings.ts';
import { AcceptPairing } from '../interlinks/accept-pairing.ts';
import { ConfirmPairing } from '../interlinks/confirm-pairing.ts';
import { DeletionNotices } from '../interlinks/deletion-notices.ts';
import { directoryExchange } from '../interlinks/directory-exchange.ts';
import { DirectoryPublisher } from '../interlinks/directory-publisher.ts';
import { Exclusive } from '../domain/exclusive.ts';
import { FollowPeer } from '../interlinks/follow-peer.ts';
import { GenerateKey } from '../interlinks/generate-key.ts';
import { HealthMonitor } from '../interlinks/health-monitor.ts';
import { contactOf } from '../interlinks/local-system.ts';
import { PeerDirectories } from '../interlinks/peer-directories.ts';
import { RedeemKey } from '../interlinks/redeem-key.ts';
import { RedemptionRunner } from '../interlinks/redemption-runner.ts';
import { RestoreWatch } from '../interlinks/restore-watch.ts';
import { PeerClient } from '../peer/client.ts';
import { makeHostCheck } from '../peer/host-check.ts';
import { pairingCodec } from '../peer/pairing-wire.ts';
import type { Foundation } from './foundation.ts';

export type InterlinkParts = Awaited<ReturnType<typeof buildInterlinks>>;

/**
 * The life of interlinks, from the key to the end, and what is known of the systems at their other ends.
 *
 * @param onGone told of an interlink that its peer, signed, says has ended
 */
export async function buildInterlinks(base: Foundation, onGone: (id: string) => void) {
  const { registry, store, identity, system, now, uptime, logOf, onStep, parts, live } = base;
  const client = new PeerClient({
    identity,
    now,
    allowLoopback: () => base.config.peer.allowLoopback,
    logger: logOf('peer'),
    onGone: ({ id }) => onGone(id),
  });
  parts.defer(() => client.close());
  registry.subscribe(({ before, after }) => {
    if (before !== undefined && after === undefined) void client.release(before.id);
  });
  const checkHost = makeHostCheck(() => base.config.peer.allowLoopback);
  const pairing = {
    store: store.interlinks,
    registry,
    codec: pairingCodec,
    identity,
    system,
    checkHost,
    now,
    randomBytes,
    logger: logOf('pairing'),
    exclusive: new Exclusive(),
    onStep,
  };
  const notices = new DeletionNotices({ ...pairing, transport: client, logger: logOf('peer') });
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
  const health: HealthMonitor = new HealthMonitor({
    registry,
    transport: client,
    directories: directoryExchange(publisher, directories),
    history,
    system,
    contact: (interlink) => contactOf(system(), identity.certificate, interlink),
    version,
    protocol: protocolVersion,
    now,
    uptime,
    logger: logOf('health'),
  });
  const redemptions = new RedemptionRunner({ ...pairing, transport: client, notices });
  return {
    client,
    checkHost,
    notices,
    pairing,
    directories,
    publisher,
    health,
    redemptions,
    followPeer: new FollowPeer({ ...pairing, uptime }),
    abandoned: new AbandonPairings(pairing),
    generateKey: new GenerateKey(pairing),
    redeemKey: new RedeemKey({ ...pairing, runner: redemptions }),
    acceptPairing: new AcceptPairing(pairing),
    confirmPairing: new ConfirmPairing(pairing),
  };
}
