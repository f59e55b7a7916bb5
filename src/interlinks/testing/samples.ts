import type { Interlink, Peer, TrunkSecrets } from '../../domain/interlink.ts';
import type { Logger } from '../../domain/logger.ts';
import type { Redemption } from '../interlink-store.ts';
import { InterlinkRegistry } from '../interlink-registry.ts';
import { MemoryStore } from './memory-store.ts';

export const silentLogger: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

export const sampleSecrets: TrunkSecrets = { inbound: 'in', outbound: 'out' };

export const sampleProofKey = new Uint8Array(32);
export const sampleRequest = new Uint8Array(0);

/** @param label makes this peer unlike others */
export function samplePeer(label: string): Peer {
  return {
    id: label.padEnd(43, 'A'),
    name: label,
    publicKey: 'P'.repeat(43),
    url: `https://${label}.example`,
    certificate: '',
    trunk: { kind: 'pjsip', host: `${label}.example`, port: 5071 },
  };
}

/** A registry over a store in memory, and ways to make interlinks in it without a pairing. */
export class SampleInterlinks {
  readonly store = new MemoryStore();
  readonly registry = new InterlinkRegistry(this.store);

  /** Issues a key that ends an hour later. @param label 26 characters at most, of Crockford's alphabet */
  async addKey(label: string): Promise<Interlink> {
    const id = label.padEnd(26, '0');
    const createdAt = Date.now();
    const key = {
      id,
      name: label,
      trunkKind: 'pjsip',
      proofKey: sampleProofKey,
      createdAt,
      expiresAt: createdAt + 3_600_000,
    } as const;
    await this.store.addIssuedKey({ ...key, ownAddress: { url: undefined, trunkHost: undefined } });
    return await this.#refreshed(id);
  }

  /** A key that was entered here and not answered yet. */
  async addEntered(label: string, changes: Partial<Redemption> = {}): Promise<Interlink> {
    const id = label.padEnd(26, '0');
    const createdAt = Date.now();
    await this.store.addRedemption({
      id,
      name: label,
      trunkKind: 'pjsip',
      proofKey: sampleProofKey,
      createdAt,
      issuerIdentity: new Uint8Array(16),
      issuerUrl: `https://${label}.example`,
      keyEndsAt: createdAt + 3_600_000,
      request: sampleRequest,
      ephemeralKey: new Uint8Array(0),
      ...changes,
    });
    return await this.#refreshed(id);
  }

  /** A key that was redeemed and not confirmed. */
  async addPairing(label: string): Promise<Interlink> {
    const { id } = await this.addKey(label);
    const exchange = { request: sampleRequest, response: new Uint8Array(0) };
    await this.store.redeem(id, {
      now: Date.now(),
      peer: samplePeer(label),
      secrets: sampleSecrets,
      ...exchange,
    });
    return await this.#refreshed(id);
  }

  async addActive(label: string): Promise<Interlink> {
    const { id } = await this.addPairing(label);
    await this.store.activate(id, Date.now());
    return await this.#refreshed(id);
  }

  async bury(id: string): Promise<void> {
    await this.store.bury(id, Date.now(), { tellPeer: true });
    await this.registry.refresh(id);
  }

  async #refreshed(id: string): Promise<Interlink> {
    const interlink = await this.registry.refresh(id);
    if (interlink === undefined) throw new Error(`no interlink ${id}`);
    return interlink;
  }
}
