import { spawn } from 'node:child_process';
import { within } from './wait.ts';

/** A program on a terminal of its own, such as a shell, and what it shows. */
export interface Terminal {
  /** Presses keys: `\t` is Tab, `\x03` Ctrl-C. */
  type(keys: string): void;
  /** Waits until all that was shown so far matches. */
  waitFor(pattern: RegExp): Promise<void>;
  screen(): string;
  /** Settles with the exit code of the program; 128 and the signal's number when one ended it. */
  readonly ended: Promise<number>;
}

const PATIENCE_MS = 20_000;

/** Runs a shell command on a terminal, by script(1) of util-linux, which every Debian has. */
export function startTerminal(command: string, env: Readonly<Record<string, string>>): Terminal {
  // With CI set, Node.js takes no terminal for one that has colours.
  const { CI: _, ...inherited } = process.env;
  const child = spawn('script', ['--quiet', '--return', '--command', command, '/dev/null'], {
    env: { ...inherited, TERM: 'xterm-256color', SHELL: '/bin/bash', ...env },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  let shown = '';
  const listeners = new Set<() => void>();
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    shown += text;
    for (const listener of listeners) listener();
  });
  return {
    type: (keys) => void child.stdin.write(keys),
    waitFor: (pattern) =>
      within(
        PATIENCE_MS,
        `the terminal did not show ${String(pattern)}`,
        new Promise((resolve) => {
          const look = () => {
            if (pattern.test(shown)) resolve();
          };
          listeners.add(look);
          look();
        }),
      ),
    screen: () => shown,
    ended: new Promise((resolve) => {
      child.once('close', (code) => resolve(code ?? 255));
    }),
  };
}
