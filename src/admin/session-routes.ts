import type { FastifyInstance } from 'fastify';
import { recordDeed } from '../access/record-deed.ts';
import { session, signIn } from './access-schema.ts';
import { pageUrl, type AdminPlace, type Gate } from './access.ts';
import type { AdminDeps } from './deps.ts';
import type { Described } from './operation.ts';
import { sendFailure } from './send-failure.ts';
import { sessionCookie } from './session-cookie.ts';
import { viewSession } from './access-views.ts';

/** What OpenAPI says of the routes below. */
export const sessionDescriptions: readonly Described<unknown, unknown, unknown, unknown>[] = [
  {
    method: 'POST',
    path: '/session',
    summary: 'Signs a browser in with the code of a sign-in link; needs no token and sets a cookie',
    body: signIn,
    answer: session,
    status: 201,
    scope: 'open',
  },
  { method: 'DELETE', path: '/session', summary: 'Signs the browser out', answer: session },
];

/** Adds signing in and out of a browser. */
export function addSessionRoutes(
  server: FastifyInstance,
  deps: AdminDeps,
  place: AdminPlace,
  gate: Gate,
): void {
  const { access, refusals, now } = deps;

  server.post('/api/v1/session', { config: { scope: 'open' } }, async (request, reply) => {
    const { code } = signIn.parse(request.body);
    const signedIn = await access.signIn(code);
    if (!signedIn.ok) {
      const { reason, failure } = gate.guessed(request.ip);
      if (reason !== undefined) refusals.refused(reason, request.ip);
      return sendFailure(reply, failure.code === 'too-many-requests' ? failure : signedIn.failure);
    }
    const { secret, token } = signedIn.value;
    const actor = await access.admit(secret, undefined);
    if (actor === undefined) throw new Error('a new session is not admitted');
    const deed = { action: 'signed-in', subject: pageUrl(place), failure: undefined };
    await recordDeed(deps, { who: actor.name, ...deed });
    const seconds = Math.floor(((token.expiresAt ?? 0) - now()) / 1000);
    void reply.header('set-cookie', sessionCookie(place, secret, seconds));
    return reply.code(201).send(viewSession(actor));
  });

  server.delete('/api/v1/session', { config: { scope: 'read' } }, async ({ actor }, reply) => {
    if (actor?.token?.kind === 'session') await access.revoke(actor.token.id);
    void reply.header('set-cookie', sessionCookie(place, '', 0));
    return actor === undefined ? undefined : viewSession(actor);
  });
}
