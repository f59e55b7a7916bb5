import { isActive } from '../../domain/interlink.ts';
import type { DirectoryStore, StoredDirectory } from '../directory-store.ts';
import type { Interlink, Peer, PeerContact, TrunkSecrets } from '../../domain/interlink.ts';
import type {
  EndedInterlink,
  InterlinkStore,
  IssuedKey,
  IssuedPairing,
  RedeemOutcome,
  Redemption,
} from '../interlink-store.ts';

import { MemoryHistory } from './memory-history.ts';

interface Row {
  interlink: Interlink;
  secrets?: TrunkSecrets;
  issued?: Omit<IssuedPairing, 'interlink'>;
  redemption?: Redemption;
  end?: Omit<EndedInterlink, 'interlink'>;
}

/** The store's contract in memory, for tests. It survives the "restart" of a system that is built on it again. */
export class MemoryStore implements InterlinkStore {
  readonly #rows = new Map<string, Row>();
  readonly #seen = new Set<string>();
  readonly #directories = new Map<string, StoredDirectory>();

  readonly history = new MemoryHistory();

  readonly directories: DirectoryStore = {
    list: async () => new Map(this.#directories),
    replace: async (id, directory) => {
      const interlink = this.#rows.get(id)?.interlink;
      if (interlink === undefined || !isActive(interlink)) return false;
      this.#directories.set(id, directory);
      return true;
    },
  };

  async list(): Promise<readonly Interlink[]> {
    return this.#live().map(({ interlink }) => interlink);
  }

  async find(id: string): Promise<Interlink | undefined> {
    return this.#rows.get(id)?.interlink;
  }

  async secrets(id: string): Promise<TrunkSecrets | undefined> {
    return this.#rows.get(id)?.secrets;
  }

  async addIssuedKey(key: IssuedKey): Promise<'added' | 'name-taken'> {
    if (this.#hasName(key.name)) return 'name-taken';
    const { proofKey, ownAddress } = key;
    this.#rows.set(key.id, {
      interlink: { ...begin(key), role: 'issuer', state: 'key-ready', expiresAt: key.expiresAt, ownAddress },
      issued: { proofKey, exchange: undefined },
    });
    return 'added';
  }

  async issuedPairing(id: string): Promise<IssuedPairing | undefined> {
    const row = this.#rows.get(id);
    return row?.issued === undefined ? undefined : { interlink: row.interlink, ...row.issued };
  }

  async redeem(id: string, redemption: Parameters<InterlinkStore['redeem']>[1]): Promise<RedeemOutcome> {
    const { now, peer, secrets, request, response } = redemption;
    const row = this.#rows.get(id);
    if (row?.issued === undefined || row.interlink.state !== 'key-ready') return { kind: 'used' };
    if ((row.interlink.expiresAt ?? 0) <= now) return { kind: 'expired' };
    const linked = this.#linkedWith(peer, id);
    if (linked !== undefined) return { kind: 'already-linked', id: linked.id, name: linked.name };
    row.interlink = { ...row.interlink, state: 'pairing', peer };
    row.secrets = secrets;
    row.issued = { ...row.issued, exchange: { request, response } };
    return { kind: 'redeemed' };
  }

  async addRedemption(redemption: Redemption): Promise<'added' | 'name-taken' | 'key-known'> {
    if (this.#rows.has(redemption.id)) return 'key-known';
    if (this.#hasName(redemption.name)) return 'name-taken';
    const interlink: Interlink = {
      ...begin(redemption),
      role: 'redeemer',
      state: 'pairing',
      expiresAt: undefined,
    };
    this.#rows.set(redemption.id, { interlink, redemption });
    return 'added';
  }

  async openRedemptions(): Promise<readonly (Redemption & { readonly peer: Peer | undefined })[]> {
    return this.#live().flatMap(({ redemption, interlink }) =>
      redemption !== undefined && interlink.state === 'pairing'
        ? [{ ...redemption, peer: interlink.peer }]
        : [],
    );
  }

  async completeRedemption(
    id: string,
    answer: Parameters<InterlinkStore['completeRedemption']>[1],
  ): ReturnType<InterlinkStore['completeRedemption']> {
    const row = this.#rows.get(id);
    if (row?.redemption === undefined || row.interlink.state !== 'pairing') {
      if (row?.end !== undefined && row.interlink.role === 'redeemer' && row.interlink.peer === undefined) {
        row.interlink = { ...row.interlink, peer: answer.peer };
        row.end = { ...row.end, noticeDue: true };
        delete row.redemption;
      }
      return 'gone';
    }
    const linked = this.#linkedWith(answer.peer, id);
    if (linked !== undefined) return { kind: 'already-linked', id: linked.id, name: linked.name };
    row.interlink = { ...row.interlink, peer: answer.peer, trunkKind: answer.trunkKind };
    row.secrets = answer.secrets;
    return 'completed';
  }

  async dropRedemption(id: string): Promise<void> {
    const row = this.#rows.get(id);
    if (row?.interlink.role === 'redeemer' && row.interlink.state === 'pairing') this.#rows.delete(id);
  }

  async activate(id: string, now: number): Promise<boolean> {
    const row = this.#rows.get(id);
    if (row?.interlink.state !== 'pairing' || row.interlink.peer === undefined) return false;
    const peer = row.interlink.peer.id;
    row.interlink = { ...row.interlink, state: 'active', activatedAt: now };
    delete row.redemption;
    for (const other of this.#rows.values()) {
      if (other.interlink.peer?.id === peer && other.end !== undefined)
        other.end = { ...other.end, noticeDue: false };
    }
    return true;
  }

  async rename(id: string, name: string): Promise<'renamed' | 'name-taken' | 'not-found'> {
    const row = this.#live().find(({ interlink }) => interlink.id === id);
    if (row === undefined) return 'not-found';
    if (this.#hasName(name, id)) return 'name-taken';
    row.interlink = { ...row.interlink, name };
    return 'renamed';
  }

  async setPrefix(id: string, prefix: string | undefined): Promise<boolean> {
    const row = this.#live().find(({ interlink }) => interlink.id === id);
    if (row === undefined) return false;
    const { prefix: _, ...rest } = row.interlink;
    row.interlink = { ...rest, ...(prefix !== undefined && { prefix }) };
    return true;
  }

  async bury(id: string, now: number, { tellPeer }: { readonly tellPeer: boolean }): Promise<boolean> {
    const row = this.#rows.get(id);
    if (row === undefined) return false;
    this.#directories.delete(id);
    if (row.end !== undefined) return true;
    const { interlink, redemption } = row;
    const { role, state, peer } = interlink;
    const noticeDue = tellPeer && (role === 'redeemer' || state === 'active');
    this.#rows.set(id, {
      interlink: { ...interlink, state: 'tombstone' },
      end: { endedAt: now, cleanUpDue: peer !== undefined, noticeDue },
      ...(noticeDue && peer === undefined && redemption !== undefined && { redemption }),
    });
    return true;
  }

  async withdrawnRedemption(id: string): Promise<Redemption | undefined> {
    const row = this.#rows.get(id);
    return row?.end === undefined ? undefined : row.redemption;
  }

  async unfinishedEnds(): Promise<readonly EndedInterlink[]> {
    return [...this.#rows.values()].flatMap(({ interlink, end }) =>
      end !== undefined && (end.cleanUpDue || end.noticeDue) ? [{ interlink, ...end }] : [],
    );
  }

  async markCleanedUp(id: string): Promise<void> {
    const row = this.#rows.get(id);
    if (row?.end !== undefined) row.end = { ...row.end, cleanUpDue: false };
  }

  async markPeerTold(id: string): Promise<void> {
    const row = this.#rows.get(id);
    if (row?.end === undefined) return;
    row.end = { ...row.end, noticeDue: false };
    delete row.redemption;
  }

  async movePeer(id: string, { url, certificate, trunk }: PeerContact): Promise<void> {
    const row = this.#rows.get(id);
    if (row === undefined || !isActive(row.interlink)) return;
    const { peer } = row.interlink;
    const moved = { ...peer, url, certificate, trunk: { ...peer.trunk, ...trunk } };
    row.interlink = { ...row.interlink, peer: moved };
  }

  /** The port SeenRequests. */
  async remember(jti: string, _expiresAt: number): Promise<boolean> {
    if (this.#seen.has(jti)) return false;
    this.#seen.add(jti);
    return true;
  }

  /** How many interlinks are active. */
  countActive(): number {
    return this.#live().filter(({ interlink }) => isActive(interlink)).length;
  }

  #live(): Row[] {
    return [...this.#rows.values()].filter(({ interlink }) => interlink.state !== 'tombstone');
  }

  #hasName(name: string, except?: string): boolean {
    return this.#live().some(
      ({ interlink }) => interlink.id !== except && interlink.name.toLowerCase() === name.toLowerCase(),
    );
  }

  #linkedWith(peer: Peer, id: string): Interlink | undefined {
    return this.#live()
      .map(({ interlink }) => interlink)
      .find((interlink) => interlink.id !== id && interlink.peer?.id === peer.id);
  }
}

function begin(key: IssuedKey | Redemption): Omit<Interlink, 'role' | 'state' | 'expiresAt'> {
  const { id, name, trunkKind, createdAt } = key;
  return { id, name, trunkKind, createdAt, activatedAt: undefined, peer: undefined };
}
