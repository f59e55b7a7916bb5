import { z } from 'zod';
import { ok } from '../../domain/failure.ts';
import {
  auditEntries,
  auditQuery,
  createdToken,
  newToken,
  session,
  signInLink,
  token,
  tokens,
} from '../access-schema.ts';
import type { AdminDeps } from '../deps.ts';
import { operation, type Operation } from '../operation.ts';
import { viewAuditEntry, viewSession, viewToken } from '../access-views.ts';

/**
 * Who may use the admin API, and what was done with it.
 * @param pageUrl where browsers find the page, without a trailing slash
 */
export function accessOperations({ access, audit }: AdminDeps, pageUrl: string): readonly Operation[] {
  return [
    operation({
      method: 'GET',
      path: '/session',
      summary: 'Who is signed in',
      answer: session,
      handle: (_, actor) => ok(viewSession(actor)),
    }),
    operation({
      method: 'POST',
      path: '/sign-in-links',
      summary: 'Makes a link that signs a browser in, once and within 5 minutes',
      body: z.strictObject({}),
      answer: signInLink,
      status: 201,
      audit: { action: 'sign-in-link-made', subject: () => 'the page' },
      handle: (_, actor) => {
        const { code, expiresAt } = access.offerSignIn(actor.user);
        return ok({ url: `${pageUrl}/#sign-in=${code}`, expiresAt: new Date(expiresAt).toISOString() });
      },
    }),
    operation({
      method: 'GET',
      path: '/tokens',
      summary: 'The tokens of scripts and the sessions of browsers, with their last use',
      answer: tokens,
      handle: async () => ok({ tokens: (await access.list()).map(viewToken) }),
    }),
    operation({
      method: 'POST',
      path: '/tokens',
      summary: 'Makes a token for a script; its secret is told this once',
      body: newToken,
      answer: createdToken,
      status: 201,
      audit: { action: 'token-created', subject: ({ body: { name, scope } }) => `${name} (${scope})` },
      handle: async ({ body: { name, scope, expiresIn } }) => {
        const made = await access.create(name, scope, expiresIn === undefined ? undefined : expiresIn * 1000);
        return made.ok ? ok({ secret: made.value.secret, token: viewToken(made.value.token) }) : made;
      },
    }),
    operation({
      method: 'DELETE',
      path: '/tokens/{id}',
      summary: 'Ends a token or a session at once',
      params: z.object({ id: z.string() }),
      answer: token,
      audit: { action: 'token-revoked', subject: ({ params: { id } }, answer) => answer?.name ?? id },
      handle: async ({ params: { id } }) => {
        const revoked = await access.revoke(id);
        return revoked.ok ? ok(viewToken(revoked.value)) : revoked;
      },
    }),
    operation({
      method: 'GET',
      path: '/audit',
      summary: 'Who changed what and when, newest first',
      query: auditQuery,
      answer: auditEntries,
      handle: async ({ query: { since, limit } }) => {
        const entries = await audit.list(since === undefined ? 0 : Date.parse(since), limit);
        return ok({ entries: entries.map(viewAuditEntry) });
      },
    }),
  ];
}
