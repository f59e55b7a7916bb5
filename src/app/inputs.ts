import type { Logger } from 'pino';
import type { Config } from '../config/config.ts';
import type { Secrets } from '../config/secret.ts';
import { isCertificateFor, makeCertificate } from '../domain/certificate.ts';
import type { FailureError } from '../domain/failure.ts';
import type { Identity } from '../domain/identity.ts';
import { hostOf } from '../domain/peer-url.ts';
import type { LocalSystem } from '../interlinks/local-system.ts';
import { makeIdentity } from '../peer/identity.ts';
import type { Store, StoreOptions } from '../store/index.ts';

/** How the store is opened: SQLite in the data directory, or PostgreSQL where the configuration names one. */
export function storeOptions(
  { database, dataDir }: Config,
  secrets: Secrets,
  log: Logger,
  onDatabaseTaken: (failure: FailureError) => void,
): StoreOptions {
  if (database === undefined) return { dataDir };
  return {
    dataDir,
    url: database.url,
    password: secrets.databasePassword?.reveal(),
    onLockLost: () => log.error('the lock on the database is lost; another daemon could take it'),
    onLockRegained: () => log.info('the lock on the database is back'),
    onDatabaseTaken,
  };
}

/** The system's own keys, made at its first start; the certificate is made again when its addresses change. */
export async function loadIdentity(store: Store, { peer, trunk }: Config): Promise<Identity> {
  const hosts = [...new Set([hostOf(peer.url), trunk.address])];
  const known = await store.identity.load();
  if (known === undefined) return await store.identity.create(makeIdentity(hosts));
  if (isCertificateFor(known.certificate, hosts)) return known;
  const { certificate } = makeCertificate({ commonName: 'interlinks', hosts }, known.certificateKey);
  await store.identity.replaceCertificate(certificate);
  return { ...known, certificate };
}

/**
 * What this system tells others about itself.
 *
 * @param certificate what Asterisk shows on trunks over TLS at that moment, PEM
 */
export function localSystem({ system, peer, trunk }: Config, certificate: () => string): LocalSystem {
  const [first = 'pjsip', ...others] = trunk.protocols;
  const { pjsip, iax2 } = trunk;
  const ports = {
    ...(trunk.protocols.includes('pjsip') && { pjsip: pjsip.port, 'pjsip-plain': pjsip.port }),
    ...(trunk.protocols.includes('iax2') && { iax2: iax2.port }),
  };
  return {
    name: system.name,
    url: peer.url,
    trunk: {
      kinds: [first, ...others],
      host: trunk.address,
      ports,
      get certificate() {
        return certificate();
      },
    },
    allowLoopback: peer.allowLoopback,
  };
}
