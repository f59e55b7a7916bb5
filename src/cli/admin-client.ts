import { readConfig } from '../config/load.ts';
import { AdminClient } from './client.ts';
import type { GlobalOptions } from './main.ts';

/** The client for the service that the configuration file describes. Its secrets are not read. */
export async function adminClient(options: GlobalOptions): Promise<AdminClient> {
  const { config } = await readConfig(options.config);
  return new AdminClient({ ...config.admin.listen, dataDir: config.dataDir });
}
