import type { AccessScope } from '../domain/access-scope.ts';

/** Admission to the admin API. A `session` is a browser's, a `token` a script's. */
export interface AccessToken {
  readonly id: string;
  readonly kind: 'token' | 'session';
  /** For a session the name of whoever it was opened for. */
  readonly name: string;
  readonly scope: AccessScope;
  /** Milliseconds since the epoch, as all times here. */
  readonly createdAt: number;
  readonly expiresAt: number | undefined;
  readonly lastUsedAt: number | undefined;
}

/** Whether it has expired. */
export function isOver({ expiresAt }: AccessToken, now: number): boolean {
  return expiresAt !== undefined && expiresAt <= now;
}

/** Port: the tokens, of which only a digest of the secret is kept. */
export interface AccessTokenStore {
  /** @returns false when there is a token of that name; sessions may share one */
  add(token: AccessToken, digest: string): Promise<boolean>;
  find(digest: string): Promise<AccessToken | undefined>;
  /** The oldest first. */
  list(): Promise<readonly AccessToken[]>;
  used(id: string, at: number): Promise<void>;
  /** @returns false when there is no such token */
  remove(id: string): Promise<boolean>;
  /** Forgets what expired at or before `now`. */
  prune(now: number): Promise<void>;
}
