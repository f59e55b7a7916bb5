import Fastify, { type FastifyInstance } from 'fastify';
import { z } from 'zod';
import { recordDeed } from '../access/record-deed.ts';
import { FailureError, fail, type Failure } from '../domain/failure.ts';
import type { Logger } from '../domain/logger.ts';
import { Gate, pageUrl, type AdminPlace } from './access.ts';
import { apiDocument, apiOperations } from './api.ts';
import type { AdminDeps } from './deps.ts';
import { addEventStream } from './event-stream.ts';
import type { Operation } from './operation.ts';
import { addPageRoutes } from './page.ts';
import { sendFailure } from './send-failure.ts';
import { addSessionRoutes } from './session-routes.ts';
import { addWatchRoutes } from './watch-routes.ts';

const requestMs = 10_000;

/**
 * The admin API, `/api/v1`: JSON over HTTP with a bearer token or a browser's session; errors as RFC 9457 problem
 * details. Beside it, without either, what monitoring asks for, and the page.
 */
export function adminServer(deps: AdminDeps, place: AdminPlace): FastifyInstance {
  const { refusals, log } = deps;
  const server = Fastify({
    bodyLimit: 64 * 1024,
    requestTimeout: requestMs,
    forceCloseConnections: true,
    clientErrorHandler: (_error, socket) => socket.destroy(),
    frameworkErrors: (error, _request, reply) => void sendFailure(reply, failureOf(error, log)),
  });
  const gate = new Gate({ access: deps.access, place, uptime: deps.uptime });
  server.decorateRequest('actor', undefined);
  server.addHook('onRequest', async (request, reply) => {
    const refusal = await gate.check(request);
    if (refusal === undefined) return;
    if (refusal.reason !== undefined) refusals.refused(refusal.reason, request.ip);
    await sendFailure(reply, refusal.failure);
  });
  server.setErrorHandler(async (error, _request, reply) => {
    const failure = failureOf(error, log);
    await sendFailure(reply, failure.code === 'internal' ? await likelyCause(deps, failure) : failure);
  });
  server.setNotFoundHandler(async (request, reply) => {
    const { failure } = fail(
      'not-found',
      `There is no ${request.method} ${request.url}`,
      'See the API documentation.',
    );
    await sendFailure(reply, failure);
  });

  const operations = apiOperations(deps, pageUrl(place));
  for (const operation of operations) addOperation(server, deps, operation);
  addSessionRoutes(server, deps, place, gate);
  addEventStream(server, deps);
  addWatchRoutes(server, deps);
  addPageRoutes(server, deps.page);
  const document = apiDocument(operations);
  server.get('/api/v1/openapi.json', async () => document);
  return server;
}

function addOperation(server: FastifyInstance, deps: AdminDeps, operation: Operation): void {
  const { method, path, status = 200, contentType = 'application/json; charset=utf-8', scope } = operation;
  server.route({
    method,
    url: `/api/v1${path.replaceAll(/\{(\w+)\}/g, ':$1')}`,
    config: { scope },
    handler: async ({ actor, params, query, body }, reply) => {
      if (actor === undefined) throw new Error('nobody is let in without a name');
      const result = await operation.run(
        { params, query, body },
        actor,
        async (deed) => await recordDeed(deps, { who: actor.name, ...deed }),
      );
      if (!result.ok) return sendFailure(reply, result.failure);
      return reply.code(status).type(contentType).send(result.value);
    },
  });
}

function failureOf(error: unknown, log: Logger): Failure {
  if (error instanceof FailureError) return error.failure;
  if (error instanceof z.ZodError) {
    const first = error.issues[0];
    const where = first === undefined ? '' : `${first.path.join('.')}: ${first.message}`;
    return fail('request-invalid', `The request is not understood: ${where}`, 'Correct that field.').failure;
  }
  const status = (error as { statusCode?: number }).statusCode ?? 500;
  if (status < 500) {
    return fail('request-invalid', `The request is not understood: ${(error as Error).message}`, 'Send JSON.')
      .failure;
  }
  log.error({ err: error }, 'admin request failed');
  return fail('internal', 'Something went wrong inside the service.', 'See its log; please report it.')
    .failure;
}

/** What nobody expected has its cause in the database, where that does not answer. */
async function likelyCause({ unready }: AdminDeps, failure: Failure): Promise<Failure> {
  return (await unready()).find(({ code }) => code === 'database-unreachable') ?? failure;
}
