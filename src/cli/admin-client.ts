import { readConfig } from '../config/load.ts';
import { AdminClient } from './client.ts';
import type { GlobalOptions } from './command.ts';

/**
 * The client for the service that the configuration file describes. Its secrets are not read.
 *
 * @param timeoutMs how long a request may take
 */
export async function adminClient(
  options: Pick<GlobalOptions, 'config'>,
  timeoutMs?: number,
): Promise<AdminClient> {
  const { config } = await readConfig(options.config);
  return new AdminClient({ ...config.admin.listen, dataDir: config.dataDir }, timeoutMs);
}
