import { z } from 'zod';
import { accessScopes } from '../domain/access-scope.ts';
import { time } from './schema.ts';

/** Admission to this API: a script's token, or a browser's session. */
export const token = z.object({
  id: z.string(),
  kind: z.enum(['token', 'session']),
  name: z.string(),
  scope: z.enum(accessScopes),
  createdAt: time,
  expiresAt: time.optional(),
  /** To the minute. */
  lastUsedAt: time.optional(),
});
export const tokens = z.object({ tokens: z.array(token) });
export const newToken = z.strictObject({
  name: z.string(),
  scope: z.enum(accessScopes).default('read'),
  /** In seconds; left out: it holds until it is revoked. */
  expiresIn: z.number().int().positive().optional(),
});
/** The secret is told this once. */
export const createdToken = z.object({ secret: z.string(), token });

/** Opens the page in a browser and signs it in, once. */
export const signInLink = z.object({ url: z.string(), expiresAt: time });
export const signIn = z.strictObject({ code: z.string().max(200) });
/** Who is signed in. */
export const session = z.object({
  who: z.string(),
  scope: z.enum(accessScopes),
  expiresAt: time.optional(),
});

/** Something that an admin did, or tried to do. */
export const auditEntry = z.object({
  at: time,
  who: z.string(),
  action: z.string(),
  subject: z.string(),
  /** The code of the failure; absent when it was done. */
  failure: z.string().optional(),
});
export const auditEntries = z.object({ entries: z.array(auditEntry) });
export const auditQuery = z.object({
  since: time.optional(),
  limit: z.coerce.number().int().min(1).max(10_000).default(100),
});

export type TokenView = z.infer<typeof token>;
export type SessionView = z.infer<typeof session>;
export type AuditEntryView = z.infer<typeof auditEntry>;
