import { Limiter } from '../domain/limiter.ts';
import type { Logger } from '../domain/logger.ts';
import type { HostCheck, HostVerdict } from './host-check.ts';
import { PeriodicTask } from './periodic-task.ts';
import type { Trunk, TrunkProvisioner } from './trunk-provisioner.ts';

const checkIntervalMs = 30_000;
/** Lookups of names wait in few threads, which others need too. */
const checksAtOnce = 2;

export interface GuardedTrunksDeps {
  readonly checkHost: HostCheck;
  /** A trunk is not there because of its host. */
  readonly onHeldBack: (name: string) => void;
  /** What is known of a trunk's host has changed; it is to be put again. */
  readonly onChanged: (name: string) => void;
  readonly logger: Logger;
}

interface Checked {
  readonly host: string;
  readonly verdict: HostVerdict;
}

/**
 * Keeps Asterisk from sending anything to where no other system can be. Asterisk resolves the hosts of trunks by
 * itself, whenever it needs to, so they are looked up here before a trunk is put and every 30 s from then on.
 */
export class GuardedTrunks implements TrunkProvisioner {
  readonly #trunks: TrunkProvisioner;
  readonly #deps: GuardedTrunksDeps;
  readonly #verdicts = new Map<string, Checked>();
  readonly #task: PeriodicTask;

  constructor(trunks: TrunkProvisioner, deps: GuardedTrunksDeps) {
    this.#trunks = trunks;
    this.#deps = deps;
    this.#task = new PeriodicTask(checkIntervalMs, async (signal) => await this.#checkAgain(signal));
    this.#task.runNow();
  }

  async put(trunk: Trunk): Promise<void> {
    const { name, address } = trunk;
    const { host } = address;
    const before = this.#verdicts.get(name);
    // A name server in trouble ends and holds up no trunk that is put again, after Asterisk was away for example.
    const isAllowed = before?.host === host && before.verdict === 'allowed';
    const verdict = isAllowed ? 'allowed' : await this.#deps.checkHost(host);
    this.#verdicts.set(name, { host, verdict });
    if (verdict === 'allowed') {
      await this.#trunks.put(trunk);
      return;
    }
    await this.#trunks.remove(name);
    this.#deps.onHeldBack(name);
    const why =
      verdict === 'refused'
        ? 'the trunk address of a linked system is one that cannot be its; no calls go there'
        : 'the trunk address of a linked system cannot be resolved; no calls go there until it can';
    this.#deps.logger.warn({ trunk: name, host }, why);
  }

  async remove(name: string): Promise<void> {
    this.#verdicts.delete(name);
    await this.#trunks.remove(name);
  }

  async apply(): Promise<void> {
    await this.#trunks.apply();
  }

  async list(): Promise<readonly string[]> {
    return await this.#trunks.list();
  }

  async stop(): Promise<void> {
    await this.#task.stop();
  }

  /** What cannot be resolved for a while stays as it is. */
  async #checkAgain(signal: AbortSignal): Promise<void> {
    const limiter = new Limiter(checksAtOnce);
    const checks = [...this.#verdicts].map(([name, checked]) =>
      limiter.run(async () => {
        if (!signal.aborted) await this.#checkOne(name, checked);
      }),
    );
    await Promise.all(checks);
  }

  async #checkOne(name: string, checked: Checked): Promise<void> {
    const { host, verdict } = checked;
    const now = await this.#deps.checkHost(host);
    if (now === 'unresolved' || now === verdict || this.#verdicts.get(name) !== checked) return;
    this.#verdicts.set(name, { host, verdict: now });
    this.#deps.onChanged(name);
  }
}
