import { X509Certificate } from 'node:crypto';
import type { ActiveInterlink } from '../interlink.ts';
import type { LocalNumber } from '../local-number.ts';
import { NumberPlan } from '../number-plan.ts';

/** Plain data for tests: one valid object each, with what the test cares about replaced. */

export function localNumber(number: string, change: Partial<LocalNumber> = {}): LocalNumber {
  return {
    number,
    name: undefined,
    target: { kind: 'ring', endpoints: [`PJSIP/${number}`], timeoutSeconds: 30, noAnswer: undefined },
    private: false,
    ...change,
  };
}

export function ringing(...endpoints: string[]): LocalNumber['target'] {
  return { kind: 'ring', endpoints, timeoutSeconds: 30, noAnswer: undefined };
}

export function numberPlan(...numbers: LocalNumber[]): NumberPlan {
  return new NumberPlan(numbers, { min: 2, max: 6, emergency: ['112', '911'], ownPrefix: undefined });
}

export function activeInterlink(name: string, change: Partial<ActiveInterlink> = {}): ActiveInterlink {
  return {
    id: name.toLowerCase().padEnd(26, '0'),
    name,
    role: 'issuer',
    state: 'active',
    trunkKind: 'pjsip',
    createdAt: 0,
    expiresAt: undefined,
    activatedAt: 0,
    peer: {
      id: `${name}-id`,
      name,
      publicKey: '',
      url: `https://${name.toLowerCase()}.example:8443`,
      certificate: '',
      trunk: { kind: 'pjsip', host: `${name.toLowerCase()}.example`, port: 5071 },
    },
    ...change,
  };
}

/** The certificate with a key of an algorithm that nobody knows, PEM. OpenSSL reads all of it but that. */
export function withUnreadableKey(certificate: string): string {
  const { raw } = new X509Certificate(certificate);
  const ecPublicKey = Buffer.from('2a8648ce3d0201', 'hex');
  raw[raw.indexOf(ecPublicKey) + ecPublicKey.length - 1] = 0x7f;
  return new X509Certificate(raw).toString();
}
