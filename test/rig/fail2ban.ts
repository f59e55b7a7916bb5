import { cp, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fetchTools } from './debian.ts';
import { run } from './process.ts';
import { temporaryFolder } from './temp-folder.ts';

const SHIPPED = join(import.meta.dirname, '../../monitoring/fail2ban');

/** Debian's fail2ban with the filter and the jails that Interlinks ships, set up as an admin does. */
export interface Fail2ban {
  /** The addresses that the filter finds in a log, one for each line that it matches. */
  addressesIn(log: string): Promise<readonly string[]>;
  /** What the server would be told: every jail that is enabled, with all that belongs to it. */
  dump(): Promise<string>;
  /** Leaves nothing behind. */
  remove(): Promise<void>;
}

/** @throws {RigError} when it cannot be fetched */
export async function setUpFail2ban(): Promise<Fail2ban> {
  const tools = await fetchTools('fail2ban');
  const { root } = tools;
  const python = (await readdir(join(root, 'usr/bin'))).find((name) => /^python3\.\d+$/.test(name));
  const env = { PYTHONPATH: join(root, 'usr/lib/python3/dist-packages') };
  const folder = await temporaryFolder('fail2ban');
  const etc = join(folder, 'etc');
  await cp(join(root, 'etc/fail2ban'), etc, { recursive: true });
  await cp(SHIPPED, etc, { recursive: true });
  await mkdir(join(folder, 'logs'));
  const start = (program: string, ...args: readonly string[]): Promise<string> =>
    run(tools.executable(python ?? 'python3'), [join(root, 'usr/bin', program), '-c', etc, ...args], { env });
  let logs = 0;
  return {
    addressesIn: async (log) => {
      logs += 1;
      const file = join(folder, 'logs', String(logs));
      await writeFile(file, log);
      const found = await start('fail2ban-regex', '--out', 'ip', file, join(etc, 'filter.d/interlinks.conf'));
      return found.split('\n').filter((line) => line !== '');
    },
    dump: () => start('fail2ban-client', '-d'),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
