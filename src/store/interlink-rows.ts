import type { Selectable } from 'kysely';
import type { Interlink, Peer, TrunkSecrets } from '../domain/interlink.ts';
import type { InterlinkTable, PeerColumns } from './schema.ts';
import type { SecretBox } from './secret-box.ts';

export type InterlinkRow = Selectable<InterlinkTable>;

/** The interlink without its secrets. */
export function toInterlink(row: InterlinkRow): Interlink {
  return {
    id: row.id,
    name: row.name,
    role: row.role,
    state: row.state,
    trunkKind: row.trunk_kind,
    createdAt: row.created_at,
    expiresAt: row.expires_at ?? undefined,
    activatedAt: row.activated_at ?? undefined,
    peer: hasPeer(row) ? toPeer(row) : undefined,
    ...(row.issued_before_restore === 1 && { issuedBeforeRestore: true }),
    ...(row.prefix !== null && { prefix: row.prefix }),
    ...(row.own_url === null && row.own_trunk_host === null
      ? {}
      : { ownAddress: { url: row.own_url ?? undefined, trunkHost: row.own_trunk_host ?? undefined } }),
  };
}

function hasPeer(row: InterlinkRow): row is InterlinkRow & PeerColumns {
  return row.peer_id !== null;
}

function toPeer(row: PeerColumns): Peer {
  return {
    id: row.peer_id,
    name: row.peer_name,
    publicKey: row.peer_public_key,
    url: row.peer_url,
    certificate: row.peer_certificate,
    trunk: {
      kind: row.peer_trunk_kind,
      host: row.peer_trunk_host,
      port: row.peer_trunk_port,
      ...(row.peer_trunk_certificate !== null && { certificate: row.peer_trunk_certificate }),
    },
  };
}

export function peerColumns(peer: Peer): PeerColumns {
  return {
    peer_id: peer.id,
    peer_name: peer.name,
    peer_public_key: peer.publicKey,
    peer_url: peer.url,
    peer_certificate: peer.certificate,
    peer_trunk_kind: peer.trunk.kind,
    peer_trunk_host: peer.trunk.host,
    peer_trunk_port: peer.trunk.port,
    peer_trunk_certificate: peer.trunk.certificate ?? null,
  };
}

type SealedTrunkSecrets = Record<'inbound_secret' | 'outbound_secret', string>;

export function sealTrunkSecrets(box: SecretBox, id: string, secrets: TrunkSecrets): SealedTrunkSecrets {
  return {
    inbound_secret: box.sealText('interlinks.inbound_secret', id, secrets.inbound),
    outbound_secret: box.sealText('interlinks.outbound_secret', id, secrets.outbound),
  };
}

export function openTrunkSecrets(box: SecretBox, id: string, row: SealedTrunkSecrets): TrunkSecrets {
  return {
    inbound: box.openText('interlinks.inbound_secret', id, row.inbound_secret),
    outbound: box.openText('interlinks.outbound_secret', id, row.outbound_secret),
  };
}
