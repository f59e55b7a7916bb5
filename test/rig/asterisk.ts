import { randomUUID } from 'node:crypto';
import { symlink, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { existsSync, globSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { asteriskBaseFiles } from './asterisk-files.ts';
import { fetchTools } from './debian.ts';
import { run, startProcess, type ProcessEnd, type RunningProcess } from './process.ts';
import { RigError } from './rig-error.ts';
import { temporaryFolder } from './temp-folder.ts';
import { fileToAppear, within } from './wait.ts';

export interface AsteriskOptions {
  /** Which Asterisk; left out: the newest. */
  readonly version?: AsteriskVersion;
  /**
   * Configuration files by name, such as `pjsip.conf`; they replace those of `asteriskBaseFiles`. chan_iax2 and
   * pbx_dundi are loaded only when there is an `iax.conf` and a `dundi.conf`, because they always bind a port.
   */
  readonly files: Readonly<Record<string, string>>;
  /** Where the instance keeps everything. Left out: a temporary folder, removed by `stop`. */
  readonly directory?: string;
}

export type AsteriskVersion = 16 | 22;

/** A running Asterisk. It is killed with the process that started it; `stop` also removes its temporary folder. */
export interface Asterisk {
  readonly directory: string;
  /** Warnings, errors and what the dial plan does. Asterisk writes it in the background: {@link Asterisk.log}. */
  readonly logFile: string;
  /** Version of the Debian package, for example `1:22.10.1+dfsg-1`. */
  readonly version: string;
  /** Process id of the instance that runs now. */
  readonly pid: number;
  /** Runs a command as on Asterisk's console, and gives what it prints. */
  cli(command: string): Promise<string>;
  /** The log, with all that has happened until now. Asterisk has to run. */
  log(): Promise<string>;
  /** Replaces one configuration file. It takes effect by a reload or restart. */
  writeFile(name: string, content: string): Promise<void>;
  /** Sends a signal (SIGKILL: a crash; SIGSTOP, SIGCONT: a hang) without waiting for its effect. */
  kill(signal: NodeJS.Signals): void;
  /** Settles when the running instance has ended. */
  ended(): Promise<ProcessEnd>;
  /** Stops the instance if it still runs, and starts it again on the same folder: configuration and AstDB stay. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

const BOOT_MS = 30_000;
const LOGGED_MS = 10_000;
const LOOK_AGAIN_MS = 20;

/** The modules that are loaded only together with their file. */
const OWN_FILE: Readonly<Record<string, string>> = { chan_iax2: 'iax.conf', pbx_dundi: 'dundi.conf' };

/**
 * Starts an Asterisk and waits until it is fully booted (about a second). Any number run side by side, as long as
 * their files bind different addresses.
 *
 * @throws {RigError} when Asterisk cannot be fetched or does not boot; the message has the end of its log
 */
export async function startAsterisk(options: AsteriskOptions): Promise<Asterisk> {
  const tools = await fetchTools(options.version === 16 ? 'asterisk16' : 'asterisk');
  const program = tools.executable('asterisk');
  const directory = options.directory ?? (await temporaryFolder('asterisk'));
  const etc = join(directory, 'etc');
  const configuration = join(etc, 'asterisk.conf');
  const cli = (command: string) => run(program, ['-C', configuration, '-rx', command]);

  for (const folder of ['etc', 'lib', 'db', 'keys/keys', 'spool', 'run', 'log', 'cache']) {
    await mkdir(join(directory, folder), { recursive: true });
  }
  await linkOnce(join(tools.root, 'usr/share/asterisk'), join(directory, 'data'));
  const modules = globSync('usr/lib/{*/,}asterisk/modules', { cwd: tools.root })[0] ?? '';
  const wanted = (module: string) => OWN_FILE[module] === undefined || OWN_FILE[module] in options.files;
  const files = { ...asteriskBaseFiles(directory, join(tools.root, modules), wanted), ...options.files };
  for (const [name, content] of Object.entries(files)) await writeFile(join(etc, name), content);

  const boot = async (): Promise<RunningProcess> => {
    const socket = join(directory, 'run/asterisk.ctl');
    await rm(socket, { force: true });
    const started = await startProcess(program, ['-C', configuration, '-f', '-n'], { cwd: directory });
    try {
      await waitFullyBooted(started, socket, cli);
      return started;
    } catch (error) {
      await started.stop('SIGKILL');
      const log = existsSync(logFile) ? await run('tail', ['-n', '15', logFile]) : '';
      throw new RigError(`Asterisk did not boot: ${String(error)}`, `${started.output()}${log}`);
    }
  };
  const logFile = join(directory, 'log/full');
  let process = await boot();

  return {
    directory,
    logFile,
    version: tools.version,
    get pid() {
      return process.pid;
    },
    cli,
    log: async () => {
      const mark = randomUUID();
      await cli(`dialplan set global LOGGED_UNTIL ${mark}`);
      return await logUntil(logFile, mark);
    },
    writeFile: (name, content) => writeFile(join(etc, name), content),
    kill: (signal) => {
      process.kill(signal);
    },
    ended: () => process.ended,
    restart: async () => {
      await process.stop();
      process = await boot();
    },
    stop: async () => {
      await process.stop();
      if (options.directory === undefined) await rm(directory, { recursive: true, force: true });
    },
  };
}

async function logUntil(logFile: string, mark: string): Promise<string> {
  const end = performance.now() + LOGGED_MS;
  for (;;) {
    const log = await readFile(logFile, 'utf8');
    if (log.includes(mark)) return log;
    if (performance.now() > end)
      throw new RigError(`Asterisk did not write its log within ${LOGGED_MS} ms`, `see ${logFile}`);
    await delay(LOOK_AGAIN_MS);
  }
}

async function linkOnce(target: string, path: string): Promise<void> {
  await rm(path, { force: true });
  await symlink(target, path);
}

async function waitFullyBooted(
  started: RunningProcess,
  socket: string,
  cli: (command: string) => Promise<string>,
): Promise<void> {
  const over = new AbortController();
  const booted = async () => {
    await fileToAppear(socket, over.signal);
    while (!over.signal.aborted) {
      const answer = await cli('core waitfullybooted').catch(() => '');
      if (/fully booted/.test(answer)) return;
    }
  };
  const died = started.ended.then((end) => {
    throw new RigError(`it ended with ${end.code ?? end.signal}`, 'see its output');
  });
  try {
    await within(BOOT_MS, 'it did not finish', Promise.race([booted(), died]));
  } finally {
    over.abort();
  }
}
