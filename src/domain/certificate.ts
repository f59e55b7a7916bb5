import ipaddr from 'ipaddr.js';
import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  randomBytes,
  sign,
  X509Certificate,
} from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import * as der from './der.ts';

/** Trust is pinned to the certificate itself, so its dates are chosen never to matter, wrong clocks included. */
const notBefore = new Date('2020-01-01T00:00:00Z');
const notAfter = new Date('2099-12-31T00:00:00Z');

const oid = {
  ecdsaWithSha256: '2a8648ce3d040302',
  commonName: '550403',
  subjectAltName: '551d11',
} as const;

const signatureAlgorithm = der.sequence(der.objectId(oid.ecdsaWithSha256));

export interface CertificateSubject {
  readonly commonName: string;
  /** Names (ASCII) and IP addresses that become its subject alternative names. */
  readonly hosts: readonly string[];
}

/** Both in PEM. */
export interface KeyedCertificate {
  readonly certificate: string;
  readonly certificateKey: string;
}

/**
 * Makes a self-signed X.509 certificate (RFC 5280) with an ECDSA P-256 key.
 * @param key of an earlier certificate, PEM: peers pin the key, so they accept both; left out: a new one
 */
export function makeCertificate(subject: CertificateSubject, key?: string): KeyedCertificate {
  const privateKey =
    key === undefined ? generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey : createPrivateKey(key);
  const content = signedPart(subject, createPublicKey(privateKey), makeSerial());
  const signature = der.bitString(sign('sha256', content, privateKey));
  const certificate = new X509Certificate(der.sequence(content, signatureAlgorithm, signature));
  return {
    certificate: certificate.toString(),
    certificateKey: privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
  };
}

/** Whether all these names and IP addresses are among a certificate's subject alternative names. */
export function isCertificateFor(certificate: string, hosts: readonly string[]): boolean {
  const parsed = new X509Certificate(certificate);
  return hosts.every((host) =>
    ipaddr.isValid(host)
      ? parsed.checkIP(host) !== undefined
      : parsed.checkHost(host, { subject: 'never', wildcards: false }) !== undefined,
  );
}

/** What is signed of a certificate (RFC 5280, TBSCertificate), DER. @param serial big-endian, positive */
export function signedPart(
  { commonName, hosts }: CertificateSubject,
  publicKey: KeyObject,
  serial: Uint8Array,
): Buffer {
  const name = der.sequence(relativeName(commonName));
  return der.sequence(
    der.explicit(0, der.integer(Buffer.of(2))),
    der.integer(serial),
    signatureAlgorithm,
    name,
    der.sequence(der.time(notBefore), der.time(notAfter)),
    name,
    publicKey.export({ format: 'der', type: 'spki' }),
    ...(hosts.length === 0 ? [] : [der.explicit(3, der.sequence(alternativeNames(hosts)))]),
  );
}

/** The one part of a subject's name, DER. */
export function relativeName(commonName: string): Buffer {
  return der.set(der.sequence(der.objectId(oid.commonName), der.utf8String(commonName)));
}

function alternativeNames(hosts: readonly string[]): Buffer {
  const names = [...new Set(hosts)].map((host) =>
    ipaddr.isValid(host)
      ? der.implicit(7, Buffer.from(ipaddr.parse(host).toByteArray()))
      : der.implicit(2, Buffer.from(host, 'ascii')),
  );
  return der.sequence(der.objectId(oid.subjectAltName), der.octetString(der.sequence(...names)));
}

/** 126 random bits; the first bit is zero, the second is not. */
function makeSerial(): Buffer {
  const serial = randomBytes(16);
  serial.writeUInt8((serial.readUInt8() & 0x3f) | 0x40);
  return serial;
}
