import type { Logger } from 'pino';
import type { Config } from '../config/config.ts';
import type { Secrets } from '../config/secret.ts';
import type { Identity } from '../domain/identity.ts';
import type { TrunkKind } from '../domain/interlink.ts';
import { hostOf } from '../domain/peer-url.ts';
import type { LocalSystem } from '../interlinks/local-system.ts';
import { isCertificateFor, makeCertificate } from '../peer/certificate.ts';
import { makeIdentity } from '../peer/identity.ts';
import type { Store, StoreOptions } from '../store/index.ts';

/** The kinds of trunk that this version can make. */
const trunkKinds: ReadonlySet<TrunkKind> = new Set(['pjsip']);

/** How the store is opened: SQLite in the data directory, or PostgreSQL where the configuration names one. */
export function storeOptions({ database, dataDir }: Config, secrets: Secrets, log: Logger): StoreOptions {
  if (database === undefined) return { dataDir };
  return {
    dataDir,
    url: database.url,
    password: secrets.databasePassword?.reveal(),
    onLockLost: () => log.error('the lock on the database is lost; another daemon could take it'),
    onLockRegained: () => log.info('the lock on the database is back'),
  };
}

/** The system's own keys, made at its first start; the certificate is made again when its addresses change. */
export async function loadIdentity(store: Store, { peer, trunk }: Config): Promise<Identity> {
  const hosts = [...new Set([hostOf(peer.url), trunk.address])];
  const known = await store.identity.load();
  if (known === undefined) return await store.identity.create(makeIdentity(hosts));
  if (isCertificateFor(known.certificate, hosts)) return known;
  const { certificate } = makeCertificate(hosts, known.certificateKey);
  await store.identity.replaceCertificate(certificate);
  return { ...known, certificate };
}

/** What this system tells others about itself. Kinds of trunk that this version does not have are passed over. */
export function localSystem({ system, peer, trunk }: Config, log: Logger): LocalSystem {
  const kinds = trunk.protocols.filter((kind) => trunkKinds.has(kind));
  const [first = 'pjsip', ...others] = kinds;
  for (const kind of trunk.protocols.filter((wanted) => !trunkKinds.has(wanted))) {
    log.warn({ kind }, 'trunks of this kind are not available yet; the others are used');
  }
  return {
    name: system.name,
    url: peer.url,
    trunk: { kinds: [first, ...others], host: trunk.address, ports: { pjsip: trunk.pjsip.port } },
    allowLoopback: peer.allowLoopback,
  };
}
