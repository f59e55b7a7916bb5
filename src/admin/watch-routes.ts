import type { FastifyInstance } from 'fastify';
import type { Failure } from '../domain/failure.ts';

/** What monitoring asks for. */
export interface WatchDeps {
  /** What is not there that calls need; nothing when all is. */
  readonly unready: () => Promise<readonly Failure[]>;
  readonly metrics: { readonly contentType: string; expose(): Promise<string> };
}

const open = { config: { scope: 'open' } } as const;

/**
 * Adds `/healthz` (the process answers), `/readyz` (calls can be taken and placed; else 503 and the reasons) and
 * `/metrics` in the format of Prometheus.
 */
export function addWatchRoutes(server: FastifyInstance, { unready, metrics }: WatchDeps): void {
  server.get('/healthz', open, async () => ({ healthy: true }));

  server.get('/readyz', open, async (_request, reply) => {
    const reasons = await unready();
    return reply.code(reasons.length === 0 ? 200 : 503).send({ ready: reasons.length === 0, reasons });
  });

  server.get('/metrics', open, async (_request, reply) => {
    return reply.type(metrics.contentType).send(await metrics.expose());
  });
}
