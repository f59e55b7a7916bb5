import { isHostAllowed } from '../domain/address-policy.ts';
import { decodeKey, interlinkIdOf, isSurelyOver, proofKeyOf } from '../domain/authorization-key.ts';
import type { AuthorizationKey } from '../domain/authorization-key.ts';
import { identityPrefixOf } from '../domain/ed25519-key.ts';
import { ok } from '../domain/failure.ts';
import type { Result } from '../domain/failure.ts';
import type { Identity } from '../domain/identity.ts';
import type { Interlink } from '../domain/interlink.ts';
import { hostOf } from '../domain/peer-url.ts';
import { ephemeralKeyFrom, ephemeralPublicKey } from '../domain/trunk-secrets.ts';
import { nameTaken, parseInterlinkName } from './interlink-name.ts';
import type { InterlinkRegistry } from './interlink-registry.ts';
import type { InterlinkStore, Redemption } from './interlink-store.ts';
import type { LocalSystem } from './local-system.ts';
import type { PairingCodec } from './pairing-messages.ts';
import { alreadyLinked, keyExpired, keyKnown, ownKey, peerAddressRefused } from './pairing-failures.ts';
import type { RedemptionRunner } from './redemption-runner.ts';
import type { StepListener } from './steps.ts';

export interface RedeemKeyDeps {
  readonly store: Pick<InterlinkStore, 'addRedemption'>;
  readonly registry: InterlinkRegistry;
  readonly runner: Pick<RedemptionRunner, 'start'>;
  readonly codec: PairingCodec;
  readonly identity: Identity;
  readonly system: () => LocalSystem;
  readonly now: () => number;
  readonly randomBytes: (length: number) => Uint8Array;
  readonly onStep: StepListener;
}

export interface RedeemKeyInput {
  /** What this side's admin will call the interlink. */
  readonly name: string;
  /** The authorization key as typed or pasted. */
  readonly key: string;
  /** Whether this side's admin agrees to a trunk without encryption, if the key is for one. */
  readonly plain?: boolean | undefined;
}

/** Links this system with the one that made an authorization key. */
export class RedeemKey {
  readonly #deps: RedeemKeyDeps;

  constructor(deps: RedeemKeyDeps) {
    this.#deps = deps;
  }

  /**
   * @returns the interlink: `active`, or still `pairing` when the other system did not answer in time; then it is
   * asked again in the background for 10 minutes. The same key and name again give the interlink that came of them.
   * Fails with `name-invalid`, `name-taken`, `key-…`, `already-linked`, `trunk-unsupported`, `peer-…`; then nothing
   * is left of it here.
   */
  async redeem(input: RedeemKeyInput): Promise<Result<Interlink>> {
    const { store, registry, runner, onStep } = this.#deps;
    const name = parseInterlinkName(input.name);
    if (!name.ok) return name;
    const key = this.#readKey(input.key);
    if (!key.ok) return key;
    const redemption = this.#prepare(name.value, key.value, input.plain ?? false);
    switch (await store.addRedemption(redemption)) {
      case 'name-taken':
        return nameTaken(name.value);
      case 'key-known': {
        // Given twice under the same name, as after a lost answer: the admin gets what came of it.
        const known = await registry.refresh(redemption.id);
        return known?.name === name.value ? ok(known) : keyKnown(known?.name);
      }
      case 'added':
        onStep('redemption-stored');
        return await runner.start(redemption);
    }
  }

  #readKey(text: string): Result<AuthorizationKey> {
    const { registry, identity, system, now } = this.#deps;
    const decoded = decodeKey(text);
    if (!decoded.ok) return decoded;
    const { issuerIdentity, expiresAt, url } = decoded.value;
    if (Buffer.compare(issuerIdentity, identityPrefixOf(identity.id)) === 0) return ownKey();
    const linked = registry.findByPeerIdentity(issuerIdentity);
    if (linked !== undefined && linked.id !== interlinkIdOf(decoded.value.secret))
      return alreadyLinked(linked.name);
    if (isSurelyOver(expiresAt, now())) return keyExpired();
    if (!isHostAllowed(hostOf(url), system().allowLoopback)) return peerAddressRefused(url);
    return ok(decoded.value);
  }

  #prepare(name: string, key: AuthorizationKey, plain: boolean): Redemption {
    const { codec, identity, now, randomBytes } = this.#deps;
    const system = this.#deps.system();
    const id = interlinkIdOf(key.secret);
    const ephemeralKey = ephemeralKeyFrom(randomBytes(32));
    const request = codec.encodeRequest({
      id,
      idempotencyId: Buffer.from(randomBytes(16)).toString('base64url'),
      publicKey: identity.publicKey,
      name: system.name,
      url: system.url,
      certificate: identity.certificate,
      trunk: plain ? { ...system.trunk, kinds: [...system.trunk.kinds, 'pjsip-plain'] } : system.trunk,
      ephemeral: ephemeralPublicKey(ephemeralKey),
    });
    return {
      id,
      name,
      trunkKind: plain ? 'pjsip-plain' : system.trunk.kinds[0],
      proofKey: proofKeyOf(key.secret),
      createdAt: now(),
      keyEndsAt: key.expiresAt,
      issuerIdentity: key.issuerIdentity,
      issuerUrl: key.url,
      request,
      ephemeralKey,
    };
  }
}
