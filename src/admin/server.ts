import Fastify, { type FastifyInstance, type FastifyReply } from 'fastify';
import { z } from 'zod';
import type { CallStore } from '../calls/call-store.ts';
import type { KnownDirectory, RemoteNumber } from '../calls/remote-numbers.ts';
import type { Explanation } from '../calls/explain-route.ts';
import { FailureError, fail, type Failure, type Result } from '../domain/failure.ts';
import type { EventHub } from '../domain/event-hub.ts';
import type { Interlink, TrunkKind } from '../domain/interlink.ts';
import type { LocalNumber } from '../domain/local-number.ts';
import type { Logger } from '../domain/logger.ts';
import type { Refusals } from '../domain/refusal.ts';
import type { SystemEvent, WatchedInterlink } from '../domain/system-event.ts';
import { adminRefusal, type AdminAddress } from './access.ts';
import { addEventStream } from './event-stream.ts';
import type { DeletedInterlink } from '../interlinks/delete-interlink.ts';
import type { EndedInterlink } from '../interlinks/interlink-store.ts';
import { problemOf } from './problem.ts';
import {
  callQuery,
  interlinkChange,
  newKey,
  newLink,
  numberChange,
  type FindingView,
  type System,
} from './schema.ts';
import { viewCall, viewDeletion, viewEnded, viewInterlink, viewNumber, viewRemoteNumbers } from './views.ts';
import { addWatchRoutes, type WatchDeps } from './watch-routes.ts';

const requestMs = 10_000;
const interlinkId = z.object({ id: z.string() });

/** The use-cases behind the admin API. */
export interface AdminDeps extends WatchDeps {
  readonly token: string;
  readonly system: () => System;
  readonly interlinks: () => readonly WatchedInterlink[];
  readonly endedInterlinks: () => Promise<readonly EndedInterlink[]>;
  readonly watch: (interlink: Interlink) => WatchedInterlink;
  readonly generateKey: (input: {
    name: string;
    trunkKind?: TrunkKind;
    expiresInMs?: number;
    url?: string;
    trunkHost?: string;
  }) => Promise<Result<{ key: string; interlink: Interlink }>>;
  readonly redeemKey: (input: { name: string; key: string }) => Promise<Result<Interlink>>;
  readonly renameInterlink: (id: string, name: string) => Promise<Result<Interlink>>;
  readonly setPrefix: (id: string, prefix: string | undefined) => Promise<Result<Interlink>>;
  readonly deleteInterlink: (id: string) => Promise<Result<DeletedInterlink>>;
  readonly numbers: () => readonly LocalNumber[];
  /** In force, and in the configuration file, when it resolves. */
  readonly setPrivate: (number: string, hidden: boolean) => Promise<Result<LocalNumber>>;
  /** What linked systems share, the oldest interlink first. */
  readonly directories: () => readonly KnownDirectory[];
  readonly remoteNumbers: (directories: readonly KnownDirectory[]) => readonly RemoteNumber[];
  readonly explain: (dialed: string, from: string | undefined) => Promise<Result<Explanation>>;
  /** What doctor finds, on this side and on each interlink. */
  readonly examine: () => Promise<readonly FindingView[]>;
  /** What doctor finds about the sound of an interlink. */
  readonly testMedia: (interlinkId: string) => Promise<Result<readonly FindingView[]>>;
  readonly events: EventHub<SystemEvent>;
  readonly calls: CallStore;
  /** What an interlink is called here, also one that has been deleted. */
  readonly interlinkName: (id: string) => Promise<string>;
  readonly refusals: Refusals;
  readonly log: Logger;
}

/**
 * The admin API, `/api/v1`: JSON over HTTP with a bearer token; errors as RFC 9457 problem details. Beside it, without
 * a token, what monitoring asks for.
 */
export function adminServer(deps: AdminDeps, listen: AdminAddress): FastifyInstance {
  const server = Fastify({
    bodyLimit: 64 * 1024,
    requestTimeout: requestMs,
    forceCloseConnections: true,
    clientErrorHandler: (_error, socket) => socket.destroy(),
    frameworkErrors: (error, _request, reply) => void sendFailure(reply, failureOf(error, deps.log)),
  });
  server.addHook('onRequest', async (request, reply) => {
    const refusal = adminRefusal(request, deps.token, listen);
    if (refusal === undefined) return;
    deps.refusals.refused(refusal.reason, request.ip);
    await sendFailure(reply, refusal.failure);
  });
  server.setErrorHandler(async (error, _request, reply) => {
    await sendFailure(reply, failureOf(error, deps.log));
  });
  server.setNotFoundHandler(async (request, reply) => {
    const { failure } = fail(
      'not-found',
      `There is no ${request.method} ${request.url}`,
      'See the API documentation.',
    );
    await sendFailure(reply, failure);
  });

  server.get('/api/v1/system', async () => deps.system());

  server.get('/api/v1/interlinks', async () => ({
    interlinks: deps.interlinks().map(viewInterlink),
    ended: (await deps.endedInterlinks()).map(viewEnded),
  }));

  server.patch('/api/v1/interlinks/:id', async (request, reply) => {
    const { id } = interlinkId.parse(request.params);
    const change = interlinkChange.parse(request.body);
    const changed =
      'name' in change
        ? await deps.renameInterlink(id, change.name)
        : await deps.setPrefix(id, change.prefix ?? undefined);
    if (!changed.ok) return sendFailure(reply, changed.failure);
    return viewInterlink(deps.watch(changed.value));
  });

  server.delete('/api/v1/interlinks/:id', async (request, reply) => {
    const deleted = await deps.deleteInterlink(interlinkId.parse(request.params).id);
    return deleted.ok ? viewDeletion(deleted.value) : sendFailure(reply, deleted.failure);
  });

  addEventStream(server, deps);
  addWatchRoutes(server, deps);

  server.post('/api/v1/keys', async (request, reply) => {
    const { name, trunk, expiresIn, url, trunkAddress } = newKey.parse(request.body);
    const made = await deps.generateKey({
      name,
      ...(trunk === undefined ? {} : { trunkKind: trunk }),
      ...(expiresIn === undefined ? {} : { expiresInMs: expiresIn * 1000 }),
      ...(url === undefined ? {} : { url }),
      ...(trunkAddress === undefined ? {} : { trunkHost: trunkAddress }),
    });
    if (!made.ok) return sendFailure(reply, made.failure);
    const { key, interlink } = made.value;
    return reply.code(201).send({ key, interlink: viewInterlink(deps.watch(interlink)) });
  });

  server.post('/api/v1/interlinks', async (request, reply) => {
    const redeemed = await deps.redeemKey(newLink.parse(request.body));
    if (!redeemed.ok) return sendFailure(reply, redeemed.failure);
    return reply.code(201).send(viewInterlink(deps.watch(redeemed.value)));
  });

  server.get('/api/v1/numbers', async () => ({ numbers: deps.numbers().map(viewNumber) }));

  server.patch('/api/v1/numbers/:number', async (request, reply) => {
    const { number } = z.object({ number: z.string() }).parse(request.params);
    const changed = await deps.setPrivate(number, numberChange.parse(request.body).private);
    if (!changed.ok) return sendFailure(reply, changed.failure);
    return viewNumber(changed.value);
  });

  server.get('/api/v1/remote-numbers', async () => {
    const directories = deps.directories();
    return viewRemoteNumbers(deps.remoteNumbers(directories), directories);
  });

  server.get('/api/v1/routes/:number', async (request, reply) => {
    const { number } = z.object({ number: z.string() }).parse(request.params);
    const { from } = z.object({ from: z.string().optional() }).parse(request.query);
    const explained = await deps.explain(number, from);
    if (!explained.ok) return sendFailure(reply, explained.failure);
    return { dialed: number, ...explained.value };
  });

  server.get('/api/v1/problems', async () => ({ findings: await deps.examine() }));

  server.post('/api/v1/interlinks/:id/media-test', async (request, reply) => {
    const tested = await deps.testMedia(interlinkId.parse(request.params).id);
    return tested.ok ? { findings: tested.value } : sendFailure(reply, tested.failure);
  });

  server.get('/api/v1/calls', async (request) => {
    const { since, limit, interlink, number, failed } = callQuery.parse(request.query);
    const records = await deps.calls.list({
      since: since === undefined ? 0 : Date.parse(since),
      limit,
      interlinkId: interlink,
      number,
      failed: failed === 'true',
    });
    const ids = new Set(records.flatMap(({ interlinkId }) => interlinkId ?? []));
    const names = new Map(
      await Promise.all(Array.from(ids, async (id) => [id, await deps.interlinkName(id)] as const)),
    );
    return { calls: records.map((record) => viewCall(record, (id) => names.get(id) ?? id)) };
  });

  return server;
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

async function sendFailure(reply: FastifyReply, failure: Failure): Promise<FastifyReply> {
  const body = problemOf(failure);
  return reply.code(body.status).type('application/problem+json').send(body);
}
