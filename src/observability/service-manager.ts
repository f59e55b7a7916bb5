import { execFile } from 'node:child_process';
import type { Logger } from '../domain/logger.ts';

export interface ServiceManagerDeps {
  /** Systemd's part of the environment. */
  readonly env: NodeJS.ProcessEnv;
  /** One line about how things stand. */
  readonly status: () => string;
  readonly log: Logger;
}

/**
 * Tells systemd how the service is doing, by the protocol of sd_notify(3). Does nothing where systemd did not start the
 * service.
 *
 * Node.js has no Unix datagram sockets, so `systemd-notify` sends; it returns when systemd has read the message.
 */
export class ServiceManager {
  readonly #deps: ServiceManagerDeps;
  #ticking: NodeJS.Timeout | undefined;
  #sending = false;

  constructor(deps: ServiceManagerDeps) {
    this.#deps = deps;
  }

  /**
   * Says that the service serves. From now on the watchdog is answered twice in its time, from the event loop: a
   * service that hangs is silent and gets restarted.
   */
  ready(): void {
    this.#tell(['READY=1', this.#status()]);
    const periodMs = watchdogPeriodMs(this.#deps.env);
    if (periodMs === undefined) return;
    this.#ticking = setInterval(() => {
      if (!this.#sending) this.#tell(['WATCHDOG=1', this.#status()]);
    }, periodMs / 2).unref();
  }

  /** Says that the service is about to end. */
  stopping(): void {
    clearInterval(this.#ticking);
    this.#tell(['STOPPING=1']);
  }

  #status(): string {
    return `STATUS=${this.#deps.status()}`;
  }

  #tell(message: readonly string[]): void {
    if (this.#deps.env['NOTIFY_SOCKET'] === undefined) return;
    this.#sending = true;
    execFile('systemd-notify', message, (error) => {
      this.#sending = false;
      if (error !== null)
        this.#deps.log.warn({ err: error }, 'systemd was not told how the service is doing');
    });
  }
}

/** How often systemd wants to hear of this process, as sd_watchdog_enabled(3) reads it. */
function watchdogPeriodMs(env: NodeJS.ProcessEnv): number | undefined {
  const period = Number(env['WATCHDOG_USEC']);
  const isMeant = [undefined, String(process.pid)].includes(env['WATCHDOG_PID']);
  return isMeant && period > 0 ? period / 1000 : undefined;
}
