import type { Insertable, Kysely, Transaction } from 'kysely';
import type { Interlink, Peer, TrunkKind, TrunkSecrets } from '../domain/interlink.ts';
import type {
  InterlinkStore,
  IssuedKey,
  IssuedPairing,
  RedeemOutcome,
  Redemption,
} from '../interlinks/interlink-store.ts';
import { peerColumns, secretColumns, toInterlink } from './interlink-rows.ts';
import { nameKey } from './name-key.ts';
import type { InterlinkTable, Schema } from './schema.ts';
import { isUniqueViolation } from './unique-violation.ts';

type AlreadyLinked = { readonly kind: 'already-linked'; readonly name: string };

/** The port in SQL. Every change is decided by the database, so that concurrent callers need no lock of their own. */
export class InterlinkRepository implements InterlinkStore {
  readonly #db: Kysely<Schema>;

  constructor(db: Kysely<Schema>) {
    this.#db = db;
  }

  async list(): Promise<readonly Interlink[]> {
    const rows = await this.#db
      .selectFrom('interlinks')
      .selectAll()
      .where('state', '!=', 'tombstone')
      .orderBy('created_at')
      .orderBy('id')
      .execute();
    return rows.map(toInterlink);
  }

  /** Finds tombstones as well. */
  async find(id: string): Promise<Interlink | undefined> {
    const row = await this.#db.selectFrom('interlinks').selectAll().where('id', '=', id).executeTakeFirst();
    return row === undefined ? undefined : toInterlink(row);
  }

  async secrets(id: string): Promise<TrunkSecrets | undefined> {
    return await this.#db
      .selectFrom('interlinks')
      .select(['inbound_secret as inbound', 'outbound_secret as outbound'])
      .where('id', '=', id)
      .where('inbound_secret', 'is not', null)
      .$narrowType<{ inbound: string; outbound: string }>()
      .executeTakeFirst();
  }

  async addIssuedKey(key: IssuedKey): Promise<'added' | 'name-taken'> {
    return await this.#db.transaction().execute(async (trx) => {
      const outcome = await addInterlink(trx, {
        ...newInterlink(key),
        role: 'issuer',
        state: 'key-ready',
        expires_at: key.expiresAt,
      });
      if (outcome === 'key-known') {
        throw new Error(`interlink id ${key.id} was issued before`);
      }
      if (outcome === 'added') {
        await trx
          .insertInto('issued_pairings')
          .values({ interlink_id: key.id, proof_key: key.proofKey, trunk_host: key.trunkHost ?? null })
          .execute();
      }
      return outcome;
    });
  }

  async issuedPairing(id: string): Promise<IssuedPairing | undefined> {
    const row = await this.#db
      .selectFrom('interlinks')
      .innerJoin('issued_pairings', 'issued_pairings.interlink_id', 'interlinks.id')
      .selectAll()
      .where('interlinks.id', '=', id)
      .executeTakeFirst();
    if (row === undefined) {
      return undefined;
    }
    const { request, response } = row;
    return {
      interlink: toInterlink(row),
      proofKey: row.proof_key,
      trunkHost: row.trunk_host ?? undefined,
      exchange: request === null || response === null ? undefined : { request, response },
    };
  }

  /** Unknown and deleted keys count as used. */
  async redeem(
    id: string,
    redemption: {
      readonly now: number;
      readonly peer: Peer;
      readonly secrets: TrunkSecrets;
      readonly request: Uint8Array;
      readonly response: Uint8Array;
    },
  ): Promise<RedeemOutcome> {
    const { now, peer, secrets, request, response } = redemption;
    return await this.#unlessLinked(peer, async (trx) => {
      const { numUpdatedRows } = await trx
        .updateTable('interlinks')
        .set({ state: 'pairing', ...peerColumns(peer), ...secretColumns(secrets) })
        .where('id', '=', id)
        .where('role', '=', 'issuer')
        .where('state', '=', 'key-ready')
        .where('expires_at', '>', now)
        .executeTakeFirst();
      if (numUpdatedRows === 0n) {
        return { kind: (await isUnredeemed(trx, id)) ? 'expired' : 'used' };
      }
      await trx
        .updateTable('issued_pairings')
        .set({ request, response })
        .where('interlink_id', '=', id)
        .execute();
      return { kind: 'redeemed' };
    });
  }

  async addRedemption(redemption: Redemption): Promise<'added' | 'name-taken' | 'key-known'> {
    return await this.#db.transaction().execute(async (trx) => {
      const outcome = await addInterlink(trx, {
        ...newInterlink(redemption),
        role: 'redeemer',
        state: 'pairing',
      });
      if (outcome === 'added') {
        await trx
          .insertInto('redemptions')
          .values({
            interlink_id: redemption.id,
            proof_key: redemption.proofKey,
            issuer_identity: redemption.issuerIdentity,
            issuer_url: redemption.issuerUrl,
            request: redemption.request,
            ephemeral_key: redemption.ephemeralKey,
          })
          .execute();
      }
      return outcome;
    });
  }

  async openRedemptions(): Promise<readonly (Redemption & { readonly peer: Peer | undefined })[]> {
    const rows = await this.#db
      .selectFrom('interlinks')
      .innerJoin('redemptions', 'redemptions.interlink_id', 'interlinks.id')
      .selectAll()
      .where('state', '=', 'pairing')
      .orderBy('created_at')
      .orderBy('id')
      .execute();
    return rows.map((row) => {
      const { id, name, trunkKind, createdAt, peer } = toInterlink(row);
      return {
        id,
        name,
        trunkKind,
        createdAt,
        peer,
        proofKey: row.proof_key,
        issuerIdentity: row.issuer_identity,
        issuerUrl: row.issuer_url,
        request: row.request,
        ephemeralKey: row.ephemeral_key,
      };
    });
  }

  async completeRedemption(
    id: string,
    answer: { readonly peer: Peer; readonly trunkKind: TrunkKind; readonly secrets: TrunkSecrets },
  ): Promise<'completed' | 'gone' | AlreadyLinked> {
    const { peer, trunkKind, secrets } = answer;
    return await this.#unlessLinked(peer, async (trx) => {
      const { numUpdatedRows } = await trx
        .updateTable('interlinks')
        .set({ trunk_kind: trunkKind, ...peerColumns(peer), ...secretColumns(secrets) })
        .where('id', '=', id)
        .where('role', '=', 'redeemer')
        .where('state', '=', 'pairing')
        .executeTakeFirst();
      return numUpdatedRows === 1n ? 'completed' : 'gone';
    });
  }

  async dropRedemption(id: string): Promise<void> {
    await this.#db
      .deleteFrom('interlinks')
      .where('id', '=', id)
      .where('role', '=', 'redeemer')
      .where('state', '=', 'pairing')
      .execute();
  }

  async activate(id: string, now: number): Promise<boolean> {
    return await this.#db.transaction().execute(async (trx) => {
      const { numUpdatedRows } = await trx
        .updateTable('interlinks')
        .set({ state: 'active', activated_at: now })
        .where('id', '=', id)
        .where('state', '=', 'pairing')
        .where('peer_id', 'is not', null)
        .executeTakeFirst();
      if (numUpdatedRows === 0n) {
        return false;
      }
      await trx.deleteFrom('redemptions').where('interlink_id', '=', id).execute();
      return true;
    });
  }

  async bury(id: string, now: number): Promise<boolean> {
    return await this.#db.transaction().execute(async (trx) => {
      const { numUpdatedRows } = await trx
        .updateTable('interlinks')
        .set((row) => ({
          state: 'tombstone',
          buried_at: row.fn.coalesce('buried_at', row.val(now)),
          inbound_secret: null,
          outbound_secret: null,
        }))
        .where('id', '=', id)
        .executeTakeFirst();
      await trx.deleteFrom('issued_pairings').where('interlink_id', '=', id).execute();
      await trx.deleteFrom('redemptions').where('interlink_id', '=', id).execute();
      return numUpdatedRows === 1n;
    });
  }

  /** Runs the change in a transaction, unless another live interlink has the same peer. */
  async #unlessLinked<T>(
    peer: Peer,
    change: (trx: Transaction<Schema>) => Promise<T>,
  ): Promise<T | AlreadyLinked> {
    try {
      return await this.#db.transaction().execute(change);
    } catch (error) {
      if (!isUniqueViolation(error)) {
        throw error;
      }
    }
    const linked = await this.#db
      .selectFrom('interlinks')
      .select('name')
      .where('peer_id', '=', peer.id)
      .where('state', '!=', 'tombstone')
      .executeTakeFirst();
    // The other one may have been deleted since: then nothing stands in the way any more.
    return linked === undefined
      ? await this.#unlessLinked(peer, change)
      : { kind: 'already-linked', name: linked.name };
  }
}

function newInterlink(
  key: IssuedKey | Redemption,
): Pick<Insertable<InterlinkTable>, 'id' | 'name' | 'name_key' | 'trunk_kind' | 'created_at'> {
  return {
    id: key.id,
    name: key.name,
    name_key: nameKey(key.name),
    trunk_kind: key.trunkKind,
    created_at: key.createdAt,
  };
}

async function addInterlink(
  trx: Transaction<Schema>,
  row: Insertable<InterlinkTable>,
): Promise<'added' | 'name-taken' | 'key-known'> {
  const { numInsertedOrUpdatedRows } = await trx
    .insertInto('interlinks')
    .values(row)
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  if (numInsertedOrUpdatedRows === 1n) {
    return 'added';
  }
  const known = await trx.selectFrom('interlinks').select('id').where('id', '=', row.id).executeTakeFirst();
  return known === undefined ? 'name-taken' : 'key-known';
}

async function isUnredeemed(trx: Transaction<Schema>, id: string): Promise<boolean> {
  const row = await trx
    .selectFrom('interlinks')
    .select('id')
    .where('id', '=', id)
    .where('state', '=', 'key-ready')
    .where('role', '=', 'issuer')
    .executeTakeFirst();
  return row !== undefined;
}
