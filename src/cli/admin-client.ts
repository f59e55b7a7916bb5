import { readServiceAddress } from '../config/service-address.ts';
import { AdminClient } from './client.ts';
import type { GlobalOptions } from './command.ts';

/**
 * The client for the service that the configuration file describes, also while the file has mistakes.
 *
 * @param timeoutMs how long a request may take
 */
export async function adminClient(
  options: Pick<GlobalOptions, 'config'>,
  timeoutMs?: number,
): Promise<AdminClient> {
  return new AdminClient(await readServiceAddress(options.config), timeoutMs);
}
