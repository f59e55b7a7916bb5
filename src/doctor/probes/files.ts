import { stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config } from '../../config/config.ts';
import type { FileFacts } from '../facts.ts';

/** Looks at the files of the service; those that do not exist, or may not be looked at, are left out. */
export async function probeFiles(configFile: string, config: Config): Promise<readonly FileFacts[]> {
  const { asterisk, database, dataDir } = config;
  const candidates: readonly (readonly [string | undefined, string, number])[] = [
    [configFile, 'the configuration', 0o755],
    [asterisk.ari.passwordFile, 'the ARI password', 0o750],
    [asterisk.ami.passwordFile, 'the AMI password', 0o750],
    [database?.passwordFile, "the database's password", 0o750],
    [dataDir, 'the data directory', 0o751],
    [join(dataDir, 'admin.token'), 'the token of the admin API', 0o700],
    [join(dataDir, 'secret.key'), 'the key to the secrets in the database', 0o700],
  ];
  const found = await Promise.all(
    candidates.map(async ([path, purpose, allowed]) => {
      if (path === undefined) return [];
      const mode = await stat(path).then(
        (stats) => stats.mode,
        () => undefined,
      );
      return mode === undefined ? [] : [{ path, purpose, mode, allowed }];
    }),
  );
  return found.flat();
}

/** @returns bytes that the service may still write; undefined before there is a data directory */
export async function probeDisk(dataDir: string): Promise<number | undefined> {
  return await statfs(dataDir).then(
    ({ bavail, bsize }) => bavail * bsize,
    () => undefined,
  );
}
