import type { Config } from '../config/config.ts';
import { isCertificateFor, makeCertificate } from '../domain/certificate.ts';
import type { Identity } from '../domain/identity.ts';
import { hostOf } from '../domain/peer-url.ts';
import { makeIdentity } from '../peer/identity.ts';
import type { Store } from '../store/index.ts';

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
