import type { ConfigState } from '../domain/config-state.ts';
import { fail, ok, type Result } from '../domain/failure.ts';
import { Limiter } from '../domain/limiter.ts';
import type { LocalNumber } from '../domain/local-number.ts';
import type { Logger } from '../domain/logger.ts';
import type { Config } from './config.ts';
import type { ConfigJob, ConfigOutcome, RefusedConfig } from './config-jobs.ts';
import { FileWatch, type FileWatchOptions } from './file-watch.ts';
import type { LiveConfig } from './live-config.ts';
import { readSource, type ReadConfig } from './load.ts';
import { changedNumbers } from './number-changes.ts';
import { formatProblem } from './problem.ts';
import { awaitingRestart } from './restart.ts';
import { runInWorker } from './run-in-worker.ts';

/** More than this is not named one by one in the log. */
const namedAtMost = 20;

export interface ConfigFileDeps {
  /** As the service started with it. */
  readonly started: ReadConfig;
  readonly live: LiveConfig;
  readonly log: Logger;
  readonly run?: (job: ConfigJob) => Promise<ConfigOutcome>;
}

/** The configuration file of the running service: what is valid in it is in force, and edits go into it. */
export class ConfigFile {
  readonly #file: string;
  readonly #started: Config;
  readonly #live: LiveConfig;
  readonly #log: Logger;
  readonly #run: (job: ConfigJob) => Promise<ConfigOutcome>;
  #watch: FileWatch | undefined;
  /** The content looked at last, in force or refused; or why it could not be read. */
  #known: string;
  #state: ConfigState;
  readonly #listeners = new Set<() => void>();
  /** One thing at a time: what is read last is in force. */
  readonly #queue = new Limiter(1);

  constructor({ started, live, log, run = runInWorker }: ConfigFileDeps) {
    this.#file = started.file;
    this.#started = started.config;
    this.#known = started.hash;
    this.#live = live;
    this.#log = log;
    this.#run = run;
    this.#state = { file: started.file, inForceSince: Date.now(), refused: undefined, awaitingRestart: [] };
  }

  get state(): ConfigState {
    return this.#state;
  }

  /** @param listener called after each change of the state  @returns ends the subscription */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Takes over each valid change of the file from now on, and what changed since it was read. */
  async watch(options?: FileWatchOptions): Promise<void> {
    this.#watch = new FileWatch(this.#file, () => void this.#reload(), options);
    await this.#watch.start();
    await this.#reload();
  }

  close(): void {
    this.#watch?.close();
  }

  /** Reads the file because somebody asked, and says what came of it also where nothing is new. */
  async reload(): Promise<void> {
    await this.#queue.run(async () => {
      this.#known = '';
    });
    await this.#reload();
  }

  /** Writes into the file whether a number is private. When this resolves, it is in force or refused. */
  async setPrivate(number: string, hidden: boolean): Promise<Result<LocalNumber>> {
    return await this.#queue.run(async () => {
      const outcome = await this.#run({ kind: 'set-private', file: this.#file, number, hidden });
      if (outcome.kind === 'refused') return { ok: false, failure: outcome.failure };
      if (outcome.kind === 'read') await this.#apply(outcome.read);
      const local = this.#live.plan.find(number);
      if (local !== undefined) return ok(local);
      return fail('internal', `${number} was lost while it was written.`, 'Please report it.');
    });
  }

  async #reload(): Promise<void> {
    try {
      await this.#queue.run(async () => {
        if (await this.#isUnchanged()) return;
        const outcome = await this.#run({ kind: 'read', file: this.#file, known: this.#known });
        if (outcome.kind === 'read') await this.#apply(outcome.read);
        if (outcome.kind === 'refused') this.#refuse(outcome);
      });
    } catch (error) {
      this.#log.error({ err: error }, 'configuration not read; what was in force stays in force');
    }
  }

  /** Looked at here first: a thread for nothing would cost 15 MB. */
  async #isUnchanged(): Promise<boolean> {
    const source = await readSource(this.#file).catch(() => undefined);
    return source?.hash === this.#known;
  }

  async #apply({ hash, config, warnings }: ReadConfig): Promise<void> {
    const before = this.#live.current;
    this.#known = hash;
    const done = this.#live.replace(config);
    this.#log.info(
      { numbers: config.numbers.length, ...changedNumbers(before.numbers, config.numbers, namedAtMost) },
      'configuration taken over',
    );
    for (const warning of warnings.slice(0, namedAtMost)) this.#log.warn(formatProblem(warning));
    const waiting = awaitingRestart(this.#started, config);
    if (waiting.length > 0) {
      this.#log.warn({ settings: waiting }, `not in force before a restart: ${waiting.join(', ')}`);
    }
    this.#setState({ inForceSince: Date.now(), refused: undefined, awaitingRestart: waiting });
    await done;
  }

  #refuse({ failure, hash, problems, wantedPrivate }: RefusedConfig): void {
    const known = hash ?? failure.message;
    if (known === this.#known) return;
    this.#known = known;
    const { code, message, remedy } = failure;
    this.#log.error(
      { code, remedy, problems: problems.slice(0, namedAtMost) },
      `configuration not taken over, what was in force stays in force: ${message}`,
    );
    const exposed = wantedPrivate.filter((number) => this.#live.plan.findShared(number) !== undefined);
    this.#setState({ refused: { at: Date.now(), failure, notPrivate: exposed } });
    if (exposed.length > 0) {
      const numbers = exposed.slice(0, namedAtMost);
      const others = exposed.length > namedAtMost ? ` and ${exposed.length - namedAtMost} more` : '';
      this.#log.error(
        { code, numbers },
        `NOT private, although the file says so: ${numbers.join(', ')}${others}. Linked systems still reach them until the file is valid`,
      );
    }
  }

  #setState(change: Partial<ConfigState>): void {
    this.#state = { ...this.#state, ...change };
    for (const listener of this.#listeners) listener();
  }
}
