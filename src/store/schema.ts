import type { Generated } from 'kysely';
import type { AccessToken } from '../access/access-token.ts';
import type { AccessScope } from '../domain/access-scope.ts';
import type { CallDirection, CallOutcome } from '../domain/call.ts';
import type { InterlinkRole, InterlinkState, TrunkKind } from '../domain/interlink.ts';

/**
 * The tables as the newest migration leaves them. Times are milliseconds since the epoch. There are no booleans:
 * SQLite knows none, and PostgreSQL would return them in another form. What secret-box.ts lists is sealed.
 */
export interface Schema {
  system_identity: SystemIdentityTable;
  interlinks: InterlinkTable;
  issued_pairings: IssuedPairingTable;
  redemptions: RedemptionTable;
  peer_directories: PeerDirectoryTable;
  calls: CallTable;
  seen_requests: SeenRequestTable;
  secret_key: SecretKeyTable;
  change_marks: ChangeMarkTable;
  access_tokens: AccessTokenTable;
  audit_log: AuditLogTable;
}

export interface SystemIdentityTable {
  /** Always 1, so that there is never a second row. */
  singleton: 1;
  id: string;
  public_key: string;
  private_key: string;
  certificate: string;
  certificate_key: string;
}

/** Set together, when the key is redeemed. */
export interface PeerColumns {
  peer_id: string;
  peer_name: string;
  peer_public_key: string;
  peer_url: string;
  peer_certificate: string;
  peer_trunk_kind: TrunkKind;
  peer_trunk_host: string;
  peer_trunk_port: number;
  peer_trunk_certificate: string | null;
}

export interface InterlinkTable extends Nullable<PeerColumns> {
  id: string;
  name: string;
  /** The name as compared, see name-key.ts. */
  name_key: string;
  role: InterlinkRole;
  state: InterlinkState;
  trunk_kind: TrunkKind;
  created_at: number;
  expires_at: number | null;
  activated_at: number | null;
  buried_at: number | null;
  /** Of a tombstone: Asterisk may still have its trunk and calls. */
  clean_up_due: Generated<0 | 1>;
  /** Of a tombstone: the peer has not acknowledged its end. */
  notice_due: Generated<0 | 1>;
  own_url: string | null;
  own_trunk_host: string | null;
  prefix: string | null;
  /** Of a key: it was in a backup older than the latest change, and is not redeemed any more. */
  issued_before_restore: Generated<0 | 1>;
  /** What the peer told last of its changes, sealed by it. */
  peer_mark: string | null;
  inbound_secret: string | null;
  outbound_secret: string | null;
}

/** The issuer's half of a pairing; kept until the interlink is a tombstone. */
export interface IssuedPairingTable {
  interlink_id: string;
  proof_key: Uint8Array;
  request: Uint8Array | null;
  response: Uint8Array | null;
}

/** The redeemer's half of a pairing; kept until the interlink is active, or a tombstone with nobody to look for. */
export interface RedemptionTable {
  interlink_id: string;
  proof_key: Uint8Array;
  issuer_identity: Uint8Array;
  issuer_url: string;
  key_ends_at: number;
  request: Uint8Array;
  ephemeral_key: Uint8Array;
}

/** Exists only while the interlink is active. */
export interface PeerDirectoryTable {
  interlink_id: string;
  revision: string;
  received_at: number;
  /** JSON: pairs of number and name. */
  numbers: string;
}

export interface CallTable {
  call_id: string;
  direction: CallDirection;
  interlink_id: string | null;
  caller: string | null;
  dialed: string;
  channel: string;
  started_at: number;
  ringing_at: number | null;
  answered_at: number | null;
  ended_at: number | null;
  cause: number | null;
  outcome: CallOutcome | null;
}

export interface SeenRequestTable {
  jti: string;
  expires_at: number;
}

/** One for each change that a restored backup would wrongly undo; never deleted. */
export interface ChangeMarkTable {
  tag: string;
  made_at: number;
}

export interface AccessTokenTable {
  id: string;
  kind: AccessToken['kind'];
  name: string;
  /** The name as compared, see name-key.ts; unique among those of kind `token`. */
  name_key: string;
  scope: AccessScope;
  /** SHA-256 of the secret, in hexadecimal digits. */
  digest: string;
  created_at: number;
  expires_at: number | null;
  last_used_at: number | null;
}

export interface AuditLogTable {
  id: string;
  at: number;
  who: string;
  action: string;
  subject: string;
  failure: string | null;
}

/** What openSecrets recognizes the key by. */
export interface SecretKeyTable {
  /** Always 1, so that there is never a second row. */
  singleton: 1;
  proof: string;
}

type Nullable<T> = { [K in keyof T]: T[K] | null };
