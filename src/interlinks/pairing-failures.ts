import { fail } from '../domain/failure.ts';
import type { Result } from '../domain/failure.ts';
import type { PairingRefusal } from './pairing-messages.ts';
import { wordsFor } from './transport-reasons.ts';

type Failed = Extract<Result<never>, { ok: false }>;

const askForNewKey = 'Ask the other admin for a new key.';

export function ownKey(): Failed {
  return fail(
    'key-own',
    'This key was made by this very system.',
    'Give it to the admin of the other system, who enters it there.',
  );
}

export function keyExpired(): Failed {
  return fail('key-expired', 'This authorization key has expired.', askForNewKey);
}

/** @param name of the interlink that came of the key, when it still exists */
export function keyKnown(name: string | undefined): Failed {
  const message = 'This authorization key was entered here before.';
  if (name === undefined) return fail('key-used', message, askForNewKey);
  return fail(
    'key-used',
    `${message} It belongs to the interlink "${name}".`,
    'Use that interlink; "interlinks status" shows its state.',
  );
}

export function alreadyLinked(name: string): Failed {
  return fail(
    'already-linked',
    `This system is linked with that one already: "${name}".`,
    'Use the existing interlink, or delete it first.',
  );
}

/** @param address a URL or host that the key or the issuer names */
export function peerAddressRefused(address: string): Failed {
  return fail(
    'peer-address-refused',
    `The other system names ${address} as its own, an address that cannot be another system's.`,
    'The other admin sets peer.url and trunk.address to what this system can reach, restarts the service, and makes a new key.',
  );
}

/** Nothing could be sent, so the key has not been used up. @param reason see PairingDelivery */
export function cannotReach(url: string, reason: string): Failed {
  if (reason === 'address-refused') return peerAddressRefused(url);
  return fail(
    'peer-unreachable',
    `The other system cannot be reached at ${url}: ${wordsFor(reason)}.`,
    'Check that it runs and that no firewall stands between; then enter the same key again, it is still good.',
  );
}

export function trunkUnsupported(): Failed {
  return fail(
    'trunk-unsupported',
    'The two systems have no kind of trunk in common for this key.',
    'Add the kind to trunk.protocols in interlinks.yaml and restart the service, or ask for a key for another kind. If it is for calls without encryption, it needs your word: on the page, or with --plain.',
  );
}

export function keyRefused(url: string): Failed {
  return fail(
    'key-refused',
    `The system at ${url} does not accept this key; it may have been withdrawn.`,
    askForNewKey,
  );
}

export function untrusted(url: string): Failed {
  return fail(
    'peer-untrusted',
    `What answers at ${url} is not the system that made this key, or its answer was changed on the way.`,
    'Check that the URL leads straight to the other system, without a proxy that ends TLS; then ask for a new key.',
  );
}

export function gaveUp(): Failed {
  return fail(
    'peer-unreachable',
    'The other system did not complete the pairing within 10 minutes.',
    'Check that both systems reach each other, then ask the other admin for a new key.',
  );
}

export function endedMeanwhile(): Failed {
  return fail('not-found', 'The interlink was deleted while it was being made.', askForNewKey);
}

/** What the issuer's refusal, proved to be its own, means to the admin who entered the key. */
export function refusedByIssuer(refusal: PairingRefusal): Failed {
  switch (refusal.code) {
    case 'used':
      return fail('key-used', 'This authorization key has been used already.', askForNewKey);
    case 'expired':
      return keyExpired();
    case 'own-key':
      return ownKey();
    case 'already-linked':
      return fail(
        'already-linked',
        `The other system is linked with this one already; its admin calls that interlink "${refusal.name ?? '?'}".`,
        'Use the existing interlink, or have it deleted there first.',
      );
    case 'trunk-unsupported':
      return trunkUnsupported();
    case 'address-refused':
      return fail(
        'peer-address-refused',
        'The other system cannot reach this one at its peer.url or trunk.address.',
        'Set both in interlinks.yaml to addresses that the other system can reach, restart the service, and enter the key again.',
      );
    case 'invalid':
      return fail(
        'request-invalid',
        'The other system does not understand what this one told about itself.',
        'Bring both systems to the same version of Interlinks, and check system.name, peer.url and trunk.address.',
      );
  }
}
