import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import ipaddr from 'ipaddr.js';
import type { AmiConnection } from '../asterisk/ami-connection.ts';
import type { AriConnection } from '../asterisk/ari-connection.ts';
import type { CallChannels } from '../asterisk/call-channels.ts';
import { makeFolder } from '../files/make-folder.ts';
import { Iax2Trunks } from '../asterisk/iax2-trunks.ts';
import { OwnCertificate } from '../asterisk/own-certificate.ts';
import { PeerCertificates } from '../asterisk/peer-certificates.ts';
import { PjsipTrunks } from '../asterisk/pjsip-trunks.ts';
import { AriTrunkCalls } from '../asterisk/trunk-calls.ts';
import type { Config } from '../config/config.ts';
import { isAddressAllowed } from '../domain/address-policy.ts';
import type { Interlink } from '../domain/interlink.ts';
import type { InterlinkRegistry } from '../interlinks/interlink-registry.ts';
import { GuardedTrunks } from '../interlinks/guarded-trunks.ts';
import type { TrunkProvisioner, TrunkState } from '../interlinks/trunk-provisioner.ts';
import { TrunkReconciler } from '../interlinks/trunk-reconciler.ts';
import type { Foundation } from './foundation.ts';
import type { InterlinkParts } from './interlinks.ts';

/** What Asterisk shows on trunks over TLS, good for all addresses at which linked systems reach it. */
export async function openOwnCertificate(
  config: Config,
  systemId: string,
  registry: InterlinkRegistry,
): Promise<OwnCertificate> {
  const own = await OwnCertificate.open(sharedFolder(config), systemId, trunkHosts(config, registry.all()));
  // Without it Asterisk makes no transport.
  await makeFolder(peersFolder(config));
  return own;
}

export interface AsteriskAccess {
  readonly ari: AriConnection;
  readonly ami: AmiConnection;
  readonly channels: CallChannels;
  /** Name of the Stasis application. */
  readonly application: string;
}

/** What keeps the trunks in Asterisk as the interlinks are. */
export function buildTrunks(
  { live, config, registry, store, ownCertificate, log, logOf, parts }: Foundation,
  { health, checkHost }: InterlinkParts,
  { ari, ami, channels, application }: AsteriskAccess,
): TrunkReconciler {
  const onState = (trunk: string, state: TrunkState): void => {
    const interlink = registry.findByTrunk(trunk);
    if (interlink !== undefined) health.trunkStateChanged(interlink.id, state);
    if (state === 'down') {
      calls.giveUp(trunk).catch((error: unknown) => log.warn({ err: error, trunk }, 'calls not given up'));
    }
  };
  const calls = new AriTrunkCalls(ari, channels);
  const putAgain = (trunk: string): void => {
    const interlink = registry.findByTrunk(trunk);
    if (interlink !== undefined) void reconciler.refresh([interlink.id]);
  };
  const common = { application, codecs: () => live.current.trunk.pjsip.codecs, onState };
  const folder = sharedFolder(config);
  const peerCertificates = new PeerCertificates(peersFolder(config), () => ownCertificate.touch());
  const pjsip = new PjsipTrunks(ari, { ...common, onMissing: putAgain, ownCertificate, peerCertificates });
  const iax2 = new Iax2Trunks({ ari, ami, ...common, file: join(folder, 'iax.conf') });
  parts.defer(() => iax2.stop());
  const guarded = (trunks: TrunkProvisioner): TrunkProvisioner => {
    const guard = new GuardedTrunks(trunks, {
      checkHost,
      onHeldBack: (trunk) => onState(trunk, 'down'),
      onChanged: putAgain,
      logger: logOf('trunks'),
    });
    parts.defer(() => guard.stop());
    return guard;
  };
  const reconciler: TrunkReconciler = new TrunkReconciler({
    registry,
    store: store.interlinks,
    provisioners: { pjsip: guarded(pjsip), iax2: guarded(iax2) },
    calls,
    logger: logOf('trunks'),
  });

  /** A key may send its bearer to an address that the certificate has not been for yet. */
  async function coverNewAddress(): Promise<void> {
    if (!(await ownCertificate.cover(trunkHosts(config, registry.all())))) return;
    pjsip.certificateRenewed();
    await reconciler.refresh();
  }
  registry.subscribe(({ before, after }) => {
    if (before !== undefined || after?.ownAddress?.trunkHost === undefined) return;
    coverNewAddress().catch((error: unknown) => log.error({ err: error }, 'trunk certificate not renewed'));
  });
  return reconciler;
}

/** What the service and Asterisk share; the files in asterisk-config name what is in it. */
function sharedFolder({ dataDir }: Config): string {
  return join(dataDir, 'asterisk');
}

function peersFolder(config: Config): string {
  return join(sharedFolder(config), 'peers');
}

/**
 * Names and addresses at which linked systems reach this system's trunks: those it tells them, and those that Asterisk
 * writes into Contact, to which a peer opens a connection when the one in use is lost during a call.
 */
function trunkHosts({ trunk }: Config, interlinks: readonly Interlink[]): readonly string[] {
  const { externalAddress, bind } = trunk.pjsip;
  const told = interlinks.flatMap(({ ownAddress }) => ownAddress?.trunkHost ?? []);
  const outside = externalAddress === undefined ? [] : [externalAddress];
  const inside = ipaddr.parse(bind).range() === 'unspecified' ? interfaceAddresses() : [bind];
  return [...new Set([trunk.address, ...told, ...outside, ...inside])];
}

function interfaceAddresses(): readonly string[] {
  return Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .map(({ address }) => address)
    .filter((address) => isAddressAllowed(address, false));
}
