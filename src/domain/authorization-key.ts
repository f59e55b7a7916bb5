import { createHash, hkdfSync } from 'node:crypto';
import { decodeCrockford, encodeCrockford } from './crockford.ts';
import { fail, ok } from './failure.ts';
import type { Result } from './failure.ts';
import { parsePeerUrl } from './peer-url.ts';

/** What an authorization key says to whoever holds it. */
export interface AuthorizationKey {
  /** 16 random bytes. */
  readonly secret: Uint8Array;
  /** First 16 bytes of the issuer's id. */
  readonly issuerIdentity: Uint8Array;
  /** Milliseconds since the epoch, whole seconds. */
  readonly expiresAt: number;
  /** The issuer's peer URL, see {@link parsePeerUrl}. */
  readonly url: string;
}

const secretLength = 16;
const identityLength = 16;
const expiryLength = 4;
const checksumLength = 4;
const headLength = secretLength + identityLength + expiryLength;

const prefix = 'ilk1-';
/** The prefix as it reads once look-alikes are mapped to digits; the last character is the version. */
const normalPrefix = /^11K([0-9A-Z])/;
const version = '1';
const ignored = /[\s\p{Pd}\u00AD\u200B-\u200D\u2060\uFEFF]/gu;
const maxTextLength = 1000;
const clockAllowanceMs = 15 * 60_000;

/** Writes a key as people pass it on: `ilk1-` and Crockford base32 in groups of five. */
export function encodeKey(key: AuthorizationKey): string {
  const expiry = Buffer.alloc(expiryLength);
  expiry.writeUInt32BE(key.expiresAt / 1000);
  const url = Buffer.from(key.url.replace(/^https:\/\//, ''));
  const payload = Buffer.concat([key.secret, key.issuerIdentity, expiry, url]);
  const symbols = encodeCrockford(Buffer.concat([payload, checksum(payload)]));
  return prefix + (symbols.match(/.{1,5}/g) ?? []).join('-');
}

/**
 * Reads a key as people type or paste it: case, spaces, line breaks and hyphens do not matter, O counts as 0, I and
 * L as 1.
 * @returns or fails with `key-mistyped` (not a key, cut, or a wrong character), `key-version`
 */
export function decodeKey(text: string): Result<AuthorizationKey> {
  if (text.length > maxTextLength) return mistyped();
  const symbols = text.replace(ignored, '').toUpperCase().replaceAll('O', '0').replaceAll(/[IL]/g, '1');
  const found = normalPrefix.exec(symbols)?.[1];
  if (found === undefined) return mistyped();
  const key = readPayload(symbols.slice(4));
  if (found === version) return key === undefined ? mistyped() : ok(key);
  // The checksum of this version holds: the version is what was mistyped.
  return key === undefined ? unknownVersion() : mistyped();
}

/**
 * The issuer's clock decides when a key ends. This tells what no clock that is somewhat wrong explains.
 * @param expiresAt, now milliseconds since the epoch
 */
export function isSurelyOver(expiresAt: number, now: number): boolean {
  return expiresAt + clockAllowanceMs < now;
}

/** Id of the interlink that a key makes: 26 characters of lower-case Crockford base32. Tells nothing of the secret. */
export function interlinkIdOf(secret: Uint8Array): string {
  return encodeCrockford(derive(secret, 'interlinks key id', 16)).toLowerCase();
}

/** The 32-byte key that proves, by MACs, that one has seen the authorization key. */
export function proofKeyOf(secret: Uint8Array): Uint8Array {
  return derive(secret, 'interlinks proof', 32);
}

function readPayload(symbols: string): AuthorizationKey | undefined {
  const bytes = decodeCrockford(symbols);
  if (bytes === undefined || bytes.length <= headLength + checksumLength) return undefined;
  const payload = bytes.subarray(0, -checksumLength);
  if (!checksum(payload).equals(bytes.subarray(-checksumLength))) return undefined;
  const url = parsePeerUrl(Buffer.from(payload.subarray(headLength)).toString());
  if (url === undefined) return undefined;
  const identityEnd = secretLength + identityLength;
  return {
    secret: payload.slice(0, secretLength),
    issuerIdentity: payload.slice(secretLength, identityEnd),
    expiresAt: Buffer.from(payload.subarray(identityEnd, headLength)).readUInt32BE() * 1000,
    url,
  };
}

function checksum(payload: Uint8Array): Buffer {
  return createHash('sha256').update(version).update(payload).digest().subarray(0, checksumLength);
}

function derive(secret: Uint8Array, info: string, length: number): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', secret, '', info, length));
}

function mistyped(): Result<never> {
  return fail(
    'key-mistyped',
    'This is not a complete authorization key, or a character of it is wrong.',
    'Copy the whole key again, from "ilk1-" to its last character.',
  );
}

function unknownVersion(): Result<never> {
  return fail(
    'key-version',
    'This authorization key was made by a version of Interlinks that this one does not understand.',
    'Bring both systems to the same version of Interlinks, then ask for a new key.',
  );
}
