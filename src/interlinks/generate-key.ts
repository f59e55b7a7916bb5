import { isHostAllowed } from '../domain/address-policy.ts';
import { encodeKey, interlinkIdOf, proofKeyOf } from '../domain/authorization-key.ts';
import { identityPrefixOf } from '../domain/ed25519-key.ts';
import { fail, ok } from '../domain/failure.ts';
import type { Result } from '../domain/failure.ts';
import { isHost } from '../domain/host.ts';
import type { Identity } from '../domain/identity.ts';
import { isEncrypted, type Interlink, type TrunkKind } from '../domain/interlink.ts';
import { hostOf, parsePeerUrl } from '../domain/peer-url.ts';
import { nameTaken, parseInterlinkName } from './interlink-name.ts';
import type { InterlinkRegistry } from './interlink-registry.ts';
import type { InterlinkStore } from './interlink-store.ts';
import type { LocalSystem } from './local-system.ts';

const minute = 60_000;
const minLifetime = 10 * minute;
const maxLifetime = 30 * 24 * 60 * minute;
const defaultLifetime = 72 * 60 * minute;

export interface GenerateKeyDeps {
  readonly store: Pick<InterlinkStore, 'addIssuedKey'>;
  readonly registry: InterlinkRegistry;
  readonly identity: Identity;
  readonly system: () => LocalSystem;
  readonly now: () => number;
  readonly randomBytes: (length: number) => Uint8Array;
}

export interface GenerateKeyInput {
  /** What this side's admin will call the interlink. */
  readonly name: string;
  /** Left out: the first of the configured kinds. */
  readonly trunkKind?: TrunkKind | undefined;
  /** 10 minutes to 30 days; left out: 72 hours. */
  readonly expiresInMs?: number | undefined;
  /** Instead of the configured `peer.url`, for a partner that reaches this system in another way. */
  readonly url?: string | undefined;
  /** Likewise instead of `trunk.address`. */
  readonly trunkHost?: string | undefined;
}

export interface GeneratedKey {
  /** The authorization key. Shown this once and kept nowhere. */
  readonly key: string;
  readonly interlink: Interlink;
}

/** Makes an authorization key and the interlink, still grey, that waits for it to be redeemed. */
export class GenerateKey {
  readonly #deps: GenerateKeyDeps;

  constructor(deps: GenerateKeyDeps) {
    this.#deps = deps;
  }

  /** Fails with `name-invalid`, `name-taken`, `trunk-unsupported`, `request-invalid`, `peer-address-refused`. */
  async generate(input: GenerateKeyInput): Promise<Result<GeneratedKey>> {
    const { store, registry, identity, now, randomBytes } = this.#deps;
    const name = parseInterlinkName(input.name);
    if (!name.ok) return name;
    const terms = readTerms(input, this.#deps.system());
    if (!terms.ok) return terms;
    const { trunkKind, lifetime, url, trunkHost } = terms.value;

    const secret = randomBytes(16);
    const id = interlinkIdOf(secret);
    const createdAt = now();
    // The key carries whole seconds, and both sides mean the same moment.
    const expiresAt = Math.ceil((createdAt + lifetime) / 1000) * 1000;
    const proofKey = proofKeyOf(secret);
    const added = await store.addIssuedKey({
      id,
      name: name.value,
      trunkKind,
      proofKey,
      createdAt,
      expiresAt,
      ownAddress: { url: input.url === undefined ? undefined : url, trunkHost },
    });
    if (added === 'name-taken') return nameTaken(name.value);
    const interlink = await registry.refresh(id);
    if (interlink === undefined) throw new Error('the interlink vanished while its key was made');
    const issuerIdentity = identityPrefixOf(identity.id);
    return ok({ key: encodeKey({ secret, issuerIdentity, expiresAt, url }), interlink });
  }
}

interface Terms {
  readonly trunkKind: TrunkKind;
  readonly lifetime: number;
  readonly url: string;
  readonly trunkHost: string | undefined;
}

function readTerms(input: GenerateKeyInput, system: LocalSystem): Result<Terms> {
  const trunkKind = input.trunkKind ?? system.trunk.kinds[0];
  if (isEncrypted(trunkKind) ? !system.trunk.kinds.includes(trunkKind) : !system.trunk.ports[trunkKind]) {
    return fail(
      'trunk-unsupported',
      `This system takes no ${trunkKind} trunks.`,
      'Add the kind to trunk.protocols in interlinks.yaml and restart the service, or leave the kind out.',
    );
  }
  const lifetime = input.expiresInMs ?? defaultLifetime;
  if (!(lifetime >= minLifetime && lifetime <= maxLifetime)) {
    return fail(
      'request-invalid',
      'A key lives 10 minutes to 30 days.',
      'Give a time between 10m and 30d, or leave it out for 72h.',
    );
  }
  const url = parsePeerUrl(input.url ?? system.url);
  if (url === undefined) {
    return fail(
      'request-invalid',
      'The URL for linked systems is not of the form https://host:port.',
      'Give --url, or peer.url in interlinks.yaml, as https://host:port without a path.',
    );
  }
  const { trunkHost } = input;
  if (trunkHost !== undefined && !isHost(trunkHost)) {
    return fail(
      'request-invalid',
      'The trunk address is neither a host name nor an IP address.',
      'Give it without port and protocol, such as pbx.berlin.example.',
    );
  }
  for (const host of [hostOf(url), trunkHost ?? system.trunk.host]) {
    if (!isHostAllowed(host, system.allowLoopback)) return unreachableAddress(host);
  }
  return ok({ trunkKind, lifetime, url, trunkHost });
}

function unreachableAddress(host: string): Result<never> {
  return fail(
    'peer-address-refused',
    `No other system can reach this one at ${host}.`,
    'Set peer.url and trunk.address in interlinks.yaml to an address that the other system can reach, and restart the service.',
  );
}
