import { setTimeout as delay } from 'node:timers/promises';
import type { Processes } from './contenders.ts';

/**
 * Has two systems run at a time, while the others stand still (SIGSTOP): systems that idle take processor too, and
 * wake up a thousand times a second.
 */
export class Turns {
  readonly #all: ReadonlySet<Processes>;
  readonly #settleMs: number | undefined;
  #running: Processes | undefined;

  /** @param settleMs what two systems have until they find each other again; left out: all run at once */
  constructor(all: readonly Processes[], settleMs: number | undefined) {
    this.#all = new Set(all);
    this.#settleMs = settleMs;
    if (settleMs !== undefined) for (const processes of this.#all) signal(processes, 'SIGSTOP');
  }

  /** Resolves when these run, and no others. */
  async begin(processes: Processes): Promise<void> {
    if (this.#settleMs === undefined || this.#running === processes) return;
    if (this.#running !== undefined) signal(this.#running, 'SIGSTOP');
    this.#running = processes;
    signal(processes, 'SIGCONT');
    await delay(this.#settleMs);
  }

  /** Looks at all, in turns or at once. */
  async each<T>(look: (processes: Processes) => Promise<T>): Promise<ReadonlyMap<Processes, T>> {
    if (this.#settleMs === undefined) {
      return new Map(await Promise.all([...this.#all].map(async (one) => [one, await look(one)] as const)));
    }
    const seen = new Map<Processes, T>();
    for (const one of this.#all) {
      await this.begin(one);
      seen.set(one, await look(one));
    }
    return seen;
  }

  /** All go on. */
  end(): void {
    if (this.#settleMs !== undefined) for (const processes of this.#all) signal(processes, 'SIGCONT');
    this.#running = undefined;
  }
}

function signal({ asterisk, services, phones = [] }: Processes, name: NodeJS.Signals): void {
  for (const pid of [...asterisk, ...services, ...phones]) process.kill(pid, name);
}
