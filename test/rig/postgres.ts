import { chown, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Client } from 'pg';
import { claimAddress } from './addresses.ts';
import { fetchTools } from './debian.ts';
import { run, startProcess, type ProcessOptions, type RunningProcess } from './process.ts';
import { RigError } from './rig-error.ts';
import { temporaryFolder } from './temp-folder.ts';

/** A running PostgreSQL with nothing in it. It is killed with the process that started it. */
export interface Postgres {
  /** Makes a new empty database and gives its URL. */
  createDatabase(): Promise<string>;
  /** Ends the server, connections and all. What it holds stays. */
  halt(): Promise<void>;
  /** Ends the server if it still runs, and starts it again on the same address with what it held. */
  restart(): Promise<void>;
  /** Ends the server and removes its data. */
  stop(): Promise<void>;
}

const START_MS = 30_000;
const PORT = 5432;
/** Debian's user nobody, because PostgreSQL refuses to run as root. */
const NOBODY = { uid: 65_534, gid: 65_534 };

/** Fast rather than safe: the data lives no longer than a test. */
const SETTINGS = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  shared_buffers: '32MB',
  io_method: 'sync',
  autovacuum: 'off',
  timezone: 'UTC',
  log_timezone: 'UTC',
  unix_socket_directories: '',
};

/**
 * Starts the current PostgreSQL of Debian sid, whatever the machine itself has, on a loopback address of its own.
 *
 * @throws {RigError} when it cannot be fetched, or not be started by an unprivileged user
 */
export async function startPostgres(): Promise<Postgres> {
  const tools = await fetchTools('postgresql');
  const asUser: ProcessOptions = { cwd: '/', ...(process.getuid?.() === 0 ? { user: NOBODY } : {}) };
  const program = tools.executable('postgres');
  await run(program, ['--version'], asUser).catch(() => {
    throw new RigError(
      `The user nobody cannot run ${program}`,
      'set INTERLINKS_CACHE to a folder that every user can read',
    );
  });

  const folder = await temporaryFolder('postgres');
  const data = join(folder, 'data');
  if (asUser.user !== undefined) await chown(folder, NOBODY.uid, NOBODY.gid);
  const cluster = [
    '--pgdata',
    data,
    '--username',
    'postgres',
    '--auth',
    'trust',
    '--encoding',
    'UTF8',
    '--no-locale',
  ];
  await run(tools.executable('initdb'), [...cluster, '--no-sync', '--no-instructions'], asUser);

  const address = await claimAddress();
  const settings = Object.entries({ ...SETTINGS, listen_addresses: address.ip, port: PORT });
  const args = ['-D', data, ...settings.flatMap(([name, value]) => ['-c', `${name}=${value}`])];
  const boot = async (): Promise<RunningProcess> => {
    const server = await startProcess(program, args, asUser);
    await server.waitForLine(/database system is ready to accept connections/, START_MS);
    return server;
  };
  let server = await boot();
  const url = (database: string) => `postgres://postgres@${address.ip}:${PORT}/${database}`;
  let databases = 0;

  return {
    createDatabase: async () => {
      databases += 1;
      const name = `test_${databases}`;
      const client = new Client({ connectionString: url('postgres') });
      await client.connect();
      try {
        await client.query(`CREATE DATABASE ${name}`);
      } finally {
        await client.end();
      }
      return url(name);
    },
    halt: async () => void (await server.stop('SIGINT')),
    restart: async () => {
      await server.stop('SIGINT');
      server = await boot();
    },
    stop: async () => {
      await server.stop('SIGINT');
      address.release();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Runs SQL in a connection of its own. */
export async function withClient<T>(url: string, action: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client(url);
  await client.connect();
  try {
    return await action(client);
  } finally {
    await client.end();
  }
}
