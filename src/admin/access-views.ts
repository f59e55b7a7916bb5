import type { Actor } from '../access/access-control.ts';
import type { AccessToken } from '../access/access-token.ts';
import type { AuditEntry } from '../access/audit-log.ts';
import type { AuditEntryView, SessionView, TokenView } from './access-schema.ts';
import { iso, optional } from './view-helpers.ts';

export function viewToken({
  id,
  kind,
  name,
  scope,
  createdAt,
  expiresAt,
  lastUsedAt,
}: AccessToken): TokenView {
  return {
    id,
    kind,
    name,
    scope,
    createdAt: iso(createdAt),
    ...optional('expiresAt', expiresAt, iso),
    ...optional('lastUsedAt', lastUsedAt, iso),
  };
}

export function viewSession({ user, scope, token }: Actor): SessionView {
  return { who: user, scope, ...optional('expiresAt', token?.expiresAt, iso) };
}

export function viewAuditEntry({ at, who, action, subject, failure }: AuditEntry): AuditEntryView {
  return { at: iso(at), who, action, subject, ...optional('failure', failure, (code) => code) };
}
