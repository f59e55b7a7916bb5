import { generateKeyPairSync } from 'node:crypto';
import { systemIdOf } from '../domain/ed25519-key.ts';
import type { Identity } from '../domain/identity.ts';
import { makeCertificate } from '../domain/certificate.ts';

/**
 * Makes a system's keys; at its first start.
 * @param hosts names and IP addresses under which others reach the peer listener and the trunks
 */
export function makeIdentity(hosts: readonly string[]): Identity {
  const { publicKey: publicObject, privateKey } = generateKeyPairSync('ed25519');
  const publicKey = publicObject.export({ format: 'jwk' }).x ?? '';
  return {
    id: systemIdOf(publicKey),
    publicKey,
    privateKey: privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
    ...makeCertificate({ commonName: 'interlinks', hosts }),
  };
}
