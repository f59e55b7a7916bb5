import type { FastifyInstance } from 'fastify';
import { FailureError } from './domain/failure.ts';

const REASONS: Readonly<Record<string, string>> = {
  EADDRINUSE: 'is taken by another program',
  EADDRNOTAVAIL: 'is not an address of this machine',
  EACCES: 'may not be used by this user',
};

/**
 * Makes a server listen.
 *
 * @param setting the key in interlinks.yaml that says where
 * @throws FailureError `port-taken`
 */
export async function listenOn(
  server: FastifyInstance,
  { host, port }: { host: string; port: number },
  setting: string,
): Promise<void> {
  try {
    await server.listen({ host, port });
  } catch (error) {
    const reason = REASONS[(error as NodeJS.ErrnoException).code ?? ''];
    if (reason === undefined) throw error;
    const address = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
    throw new FailureError(
      'port-taken',
      `${address} ${reason}`,
      `Choose another address for ${setting} in interlinks.yaml, or end what uses this one`,
      error,
    );
  }
}
