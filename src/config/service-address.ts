import { dirname, resolve } from 'node:path';
import type { ListenAddress } from '../domain/listen-address.ts';
import { readSource } from './load.ts';
import { settingsSchema } from './schema.ts';
import { toListenAddress } from './to-config.ts';
import { readYaml } from './yaml-source.ts';

/** Where the service that uses a configuration file is reached on this machine. */
export interface ServiceAddress extends ListenAddress {
  readonly dataDir: string;
}

const withAdmin = settingsSchema.pick({ admin: true });
const withDataDir = settingsSchema.pick({ dataDir: true });

/**
 * Reads from a configuration file where its service is. The service goes on while the file has mistakes, so the two
 * settings are taken from it as far as they can be read; else they have their defaults.
 *
 * @throws {FailureError} `config-unreadable`, or `config-invalid` when it is no text
 */
export async function readServiceAddress(file: string): Promise<ServiceAddress> {
  const { tree, document } = readYaml((await readSource(file)).text, file);
  const settings = tree?.value as { admin?: { listen?: unknown }; dataDir?: unknown } | undefined;
  const listen = settings?.admin?.listen ?? document?.getIn(['admin', 'listen']);
  const dataDir = settings?.dataDir ?? document?.getIn(['dataDir']);
  const known = withAdmin.safeParse({ admin: { listen } }).data ?? withAdmin.parse({});
  const folder = withDataDir.safeParse({ dataDir }).data ?? withDataDir.parse({});
  return { ...toListenAddress(known.admin.listen), dataDir: resolve(dirname(file), folder.dataDir) };
}
