import { X509Certificate } from 'node:crypto';
import { expect, test } from 'vitest';
import { makeCertificate } from './certificate.ts';
import { isTrunkCertificate, makeTrunkCertificate, trunkSubjectHash } from './trunk-certificate.ts';

/** The example of RFC 7638. */
const id = 'NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs';
const hosts = ['pbx.example', '127.0.0.1', '2001:db8::1'];
const { certificate, certificateKey } = makeTrunkCertificate(id, hosts);

test('is recognized for its system and each of its hosts, renewed with the same key as well', () => {
  for (const host of hosts) expect(isTrunkCertificate(certificate, id, host)).toBe(true);
  const renewed = makeTrunkCertificate(id, ['new.example'], certificateKey).certificate;
  expect(isTrunkCertificate(renewed, id, 'new.example')).toBe(true);
  expect(new X509Certificate(renewed).publicKey.equals(new X509Certificate(certificate).publicKey)).toBe(
    true,
  );
});

test('is not taken for another system or host', () => {
  expect(isTrunkCertificate(certificate, id.toLowerCase(), 'pbx.example')).toBe(false);
  expect(isTrunkCertificate(certificate, id, 'other.example')).toBe(false);
});

test('is not taken when it has another form, or was changed', () => {
  const other = makeCertificate({ commonName: `${id}x`, hosts });
  expect(isTrunkCertificate(other.certificate, id, 'pbx.example')).toBe(false);
  expect(isTrunkCertificate(authority, id, 'pbx.example')).toBe(false);
  const { raw } = new X509Certificate(certificate);
  raw.writeUInt8(raw.readUInt8(raw.length - 1) ^ 1, raw.length - 1);
  const forged = new X509Certificate(raw).toString();
  expect(isTrunkCertificate(forged, id, 'pbx.example')).toBe(false);
});

test('has the hash by which OpenSSL looks for it: of the subject, in lower case', () => {
  expect(trunkSubjectHash(certificate)).toBe('52e2820d');
});

/** Of the same subject and host, made by openssl with `basicConstraints=CA:TRUE`. */
const authority = `-----BEGIN CERTIFICATE-----
MIIB2zCCAYGgAwIBAgIUX0TEmvJ5N591LdHOSmcF/rt7I5AwCgYIKoZIzj0EAwIw
NjE0MDIGA1UEAwwrTnpiTHNYaDh1RENjZC02TU53WEY0V183bm9XWEZaQWZIa3ha
c1JHQzlYczAgFw0yNjExMjcwNzE3MTFaGA8yMDgxMDgzMDA3MTcxMVowNjE0MDIG
A1UEAwwrTnpiTHNYaDh1RENjZC02TU53WEY0V183bm9XWEZaQWZIa3hac1JHQzlY
czBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABGXOIxiSlAxHtIJSTgim0Cr4Bnqs
8En+EgdYugxzLo03It1mtzGS1+gwiHIN/0S3ZSAIN729Ah0GfOa81EqmZtOjazBp
MB0GA1UdDgQWBBTzFQovhP9yP+DLa8VuKcuOMsEs5TAfBgNVHSMEGDAWgBTzFQov
hP9yP+DLa8VuKcuOMsEs5TAPBgNVHRMBAf8EBTADAQH/MBYGA1UdEQQPMA2CC3Bi
eC5leGFtcGxlMAoGCCqGSM49BAMCA0gAMEUCIQCQpfuBF2teBOw+riWtYkt4701B
STpdCzm/e3F86+8vPwIgLNccyxslWk0pvb9FmonLk6A6+dQKf4rz0s11bj5tmLo=
-----END CERTIFICATE-----`;
