import { createHash, X509Certificate } from 'node:crypto';
import { isCertificateFor, makeCertificate, relativeName, signedPart } from './certificate.ts';
import type { KeyedCertificate } from './certificate.ts';
import { isHost } from './host.ts';
import type { TrunkAddress } from './interlink.ts';

/** Bytes of DER before the signed part, in a certificate of 256 to 65,535 bytes; with an id for subject all are. */
const outerHeader = 4;

// Asterisk cannot pin a certificate to a trunk: it takes those of all linked systems for authorities. So each has to
// have this one form, in which OpenSSL takes it for no authority over another, and a name that is only its system's.

/**
 * Makes the certificate that a system's Asterisk shows on TLS trunks. Its subject is the system's id.
 * @param hosts names and addresses at which others reach the trunks
 * @param key of the certificate before, PEM; left out: a new one
 */
export function makeTrunkCertificate(
  systemId: string,
  hosts: readonly string[],
  key?: string,
): KeyedCertificate {
  return makeCertificate({ commonName: systemId, hosts }, key);
}

/**
 * Whether a certificate is of the form that {@link makeTrunkCertificate} gives it, byte by byte, for this system and,
 * among others, this host.
 * @param certificate PEM
 */
export function isTrunkCertificate(certificate: string, systemId: string, host: string): boolean {
  const parsed = new X509Certificate(certificate);
  const { raw, publicKey, serialNumber, subjectAltName = '' } = parsed;
  const hosts = subjectAltName.split(', ').map((name) => name.replace(/^(?:DNS|IP Address):/, ''));
  if (publicKey.asymmetricKeyDetails?.namedCurve !== 'prime256v1' || !hosts.every(isHost)) return false;
  const form = signedPart({ commonName: systemId, hosts }, publicKey, Buffer.from(serialNumber, 'hex'));
  return (
    raw.subarray(outerHeader).subarray(0, form.length).equals(form) &&
    parsed.verify(publicKey) &&
    isCertificateFor(certificate, [host])
  );
}

/** Whether a system may be reached there: over TLS its certificate has to be fit for use. */
export function isTrustworthy({ kind, host, certificate }: TrunkAddress, systemId: string): boolean {
  if (kind !== 'pjsip') return true;
  return certificate !== undefined && isTrunkCertificate(certificate, systemId, host);
}

/**
 * Name, less the suffix, under which OpenSSL looks for a system's trunk certificate in a folder: SHA-1 of the subject
 * in lower case, four bytes of it (X509_NAME_hash_ex).
 */
export function trunkSubjectHash(certificate: string): string {
  const commonName = new X509Certificate(certificate).subject.replace(/^CN=/, '');
  const digest = createHash('sha1').update(relativeName(commonName.toLowerCase())).digest();
  return digest.readUInt32LE().toString(16).padStart(8, '0');
}
