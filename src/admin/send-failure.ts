import type { FastifyReply } from 'fastify';
import type { Failure } from '../domain/failure.ts';
import { problemOf } from './problem.ts';

/** Answers with the problem details of a failure (RFC 9457). */
export async function sendFailure(reply: FastifyReply, failure: Failure): Promise<FastifyReply> {
  const body = problemOf(failure);
  if (body.status === 429) void reply.header('retry-after', '60');
  return reply.code(body.status).type('application/problem+json').send(body);
}
