import type { FastifyInstance } from 'fastify';
import type { ListenAddress } from '../domain/listen-address.ts';
import { listenFailure } from '../domain/listen-failure.ts';

/**
 * Makes a server listen.
 *
 * @param setting the key in interlinks.yaml that says where
 * @throws FailureError `port-taken`
 */
export async function listenOn(
  server: FastifyInstance,
  address: ListenAddress,
  setting: string,
): Promise<void> {
  try {
    await server.listen({ host: address.host, port: address.port });
  } catch (error) {
    throw listenFailure(address, setting, error) ?? error;
  }
}
