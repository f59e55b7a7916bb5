import { createPrivateKey, createPublicKey, X509Certificate } from 'node:crypto';
import { createServer, connect } from 'node:tls';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { isSafePublicKey, systemIdOf } from '../domain/ed25519-key.ts';
import { isCertificateFor, makeCertificate } from '../domain/certificate.ts';
import { makeIdentity } from './identity.ts';

const identity = makeIdentity(['pbx.example', '127.0.0.1', '2001:db8::1', 'pbx.example']);
const certificate = new X509Certificate(identity.certificate);

test('id, public key and private key belong together', () => {
  expect(identity.id).toBe(systemIdOf(identity.publicKey));
  expect(isSafePublicKey(Buffer.from(identity.publicKey, 'base64url'))).toBe(true);
  expect(createPublicKey(createPrivateKey(identity.privateKey)).export({ format: 'jwk' })).toMatchObject({
    crv: 'Ed25519',
    x: identity.publicKey,
  });
});

test('two identities differ', () => {
  const other = makeIdentity([]);
  expect(other.id).not.toBe(identity.id);
  expect(new X509Certificate(other.certificate).serialNumber).not.toBe(certificate.serialNumber);
});

test('the certificate names each host once and says no more of the system', () => {
  expect(certificate.subjectAltName).toBe(
    'DNS:pbx.example, IP Address:127.0.0.1, IP Address:2001:DB8:0:0:0:0:0:1',
  );
  expect(certificate.checkHost('pbx.example')).toBe('pbx.example');
  expect(certificate.checkIP('127.0.0.1')).toBe('127.0.0.1');
  expect(certificate.subject).toBe('CN=interlinks');
});

test('the certificate is self-signed and outlives everybody', () => {
  expect(certificate.verify(certificate.publicKey)).toBe(true);
  expect(certificate.checkPrivateKey(createPrivateKey(identity.certificateKey))).toBe(true);
  expect(certificate.validFromDate.getUTCFullYear()).toBe(2020);
  expect(certificate.validToDate.getUTCFullYear()).toBe(2099);
  expect(certificate.publicKey.asymmetricKeyDetails).toMatchObject({ namedCurve: 'prime256v1' });
});

test('a certificate for other addresses keeps the key that peers pin', () => {
  const hosts = ['pbx.example', '10.0.0.9'];
  expect(isCertificateFor(identity.certificate, ['pbx.example', '127.0.0.1'])).toBe(true);
  expect(isCertificateFor(identity.certificate, hosts)).toBe(false);
  const renewed = makeCertificate({ commonName: 'interlinks', hosts }, identity.certificateKey);
  expect(isCertificateFor(renewed.certificate, hosts)).toBe(true);
  expect(renewed.certificateKey).toBe(identity.certificateKey);
  expect(new X509Certificate(renewed.certificate).publicKey.equals(certificate.publicKey)).toBe(true);
});

test('a TLS client that has it as its only authority accepts it for its hosts', async () => {
  const server = createServer({ key: identity.certificateKey, cert: identity.certificate }).listen(
    0,
    '127.0.0.1',
  );
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
  const socket = connect({ host: '127.0.0.1', port, ca: identity.certificate });
  await once(socket, 'secureConnect');
  expect(socket.authorized).toBe(true);
  socket.destroy();
  server.close();
});
