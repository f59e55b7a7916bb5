import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { RigError } from './rig-error.ts';

/** How a process of the rig is started. */
export interface ProcessOptions {
  readonly cwd?: string;
  /** Added to the environment of this process. */
  readonly env?: Readonly<Record<string, string>>;
  /** Runs as this user and group (only root may ask for it). */
  readonly user?: { readonly uid: number; readonly gid: number };
}

/** What a process left behind when it ended. `code` is null when a signal ended it. */
export interface ProcessEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly output: string;
}

/** A process that is running, or was. It is killed when the process that started it dies, however that happens. */
export interface RunningProcess {
  readonly pid: number;
  /** Settles when the process has ended; never rejects. */
  readonly ended: Promise<ProcessEnd>;
  /** Everything written so far, standard output and standard error together. */
  output(): string;
  /**
   * Waits for a line that has been written, or will be. Rejects after `ms`, or when the process ends first.
   *
   * @param from length of the output before which nothing counts; left out: all counts
   */
  waitForLine(pattern: RegExp, ms: number, from?: number): Promise<string>;
  /** Sends a signal; does nothing when the process has ended. */
  kill(signal?: NodeJS.Signals): void;
  /** Sends `signal`, after `graceMs` SIGKILL, and waits for the end. */
  stop(signal?: NodeJS.Signals, graceMs?: number): Promise<ProcessEnd>;
}

/** From util-linux, part of every Debian: it lets the kernel kill the child together with its parent. */
const SETPRIV = ['/usr/bin/setpriv', '/bin/setpriv'].find((path) => existsSync(path));

function spawnChild(file: string, args: readonly string[], options: ProcessOptions): ChildProcess {
  const guarded = SETPRIV === undefined ? [] : [SETPRIV, '--pdeathsig', 'KILL'];
  const [program = file, ...rest] = [...guarded, file, ...args];
  return spawn(program, rest, {
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    ...(options.env === undefined ? {} : { env: { ...process.env, ...options.env } }),
    ...options.user,
  });
}

/**
 * Starts a process.
 *
 * @throws {RigError} when the program cannot be started
 */
export async function startProcess(
  file: string,
  args: readonly string[],
  options: ProcessOptions = {},
): Promise<RunningProcess> {
  const child = spawnChild(file, args, options);
  let text = '';
  const listeners = new Set<() => void>();
  const wake = () => {
    for (const listener of listeners) listener();
  };
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
      wake();
    });
  }
  let end: ProcessEnd | undefined;
  const ended = new Promise<ProcessEnd>((resolve) => {
    child.once('close', (code, signal) => {
      end = { code, signal, output: text };
      wake();
      resolve(end);
    });
  });
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', (cause) => {
      reject(
        new RigError(`Cannot start ${file}: ${cause.message}`, 'check that it exists and may be executed'),
      );
    });
  });
  const kill = (signal: NodeJS.Signals = 'SIGTERM') => {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal);
  };

  return {
    pid: child.pid ?? 0,
    ended,
    output: () => text,
    kill,
    waitForLine: (pattern, ms, from = 0) =>
      new Promise((resolve, reject) => {
        const settle = (act: () => void) => {
          clearTimeout(timer);
          listeners.delete(look);
          act();
        };
        const timer = setTimeout(() => {
          settle(() => {
            reject(
              new RigError(`${file} did not write ${String(pattern)} within ${ms} ms`, `it wrote:\n${text}`),
            );
          });
        }, ms);
        const look = () => {
          const line = text
            .slice(from)
            .split('\n')
            .find((candidate) => pattern.test(candidate));
          if (line !== undefined) {
            settle(() => {
              resolve(line);
            });
          } else if (end !== undefined) {
            settle(() => {
              reject(new RigError(`${file} ended before it wrote ${String(pattern)}`, `it wrote:\n${text}`));
            });
          }
        };
        listeners.add(look);
        look();
      }),
    stop: async (signal = 'SIGTERM', graceMs = 5000) => {
      kill(signal);
      const timer = setTimeout(() => {
        kill('SIGKILL');
      }, graceMs);
      const result = await ended;
      clearTimeout(timer);
      return result;
    },
  };
}

/**
 * Runs a program to its end.
 *
 * @returns its standard output and standard error together
 * @throws {RigError} when it cannot be started, or ends with anything but 0
 */
export async function run(
  file: string,
  args: readonly string[],
  options: ProcessOptions = {},
): Promise<string> {
  const end = await (await startProcess(file, args, options)).ended;
  if (end.code !== 0) {
    throw new RigError(`${file} ${args.join(' ')} failed with ${end.code ?? end.signal}`, end.output.trim());
  }
  return end.output;
}
