import { Limiter } from '../domain/limiter.ts';
import type { Logger } from '../domain/logger.ts';
import type { AmiConnection } from './ami-connection.ts';
import { AmiRefusal, isMissingEntry } from './ami-errors.ts';
import { DelayedTasks } from './delayed-tasks.ts';

/** The one family of AstDB that is Interlinks' own: `database deltree interlinks` removes all of it. */
const family = 'interlinks';

const retryMs = 5000;

const patternKey = /^pattern\/(?=_)/;
/** The context for what Asterisk has in its memory alone, see dialplan/interlinks.conf. */
const patternContext = 'interlinks-patterns';
/** As the context interlinks-enter does. */
const enter = '$["${IL_NOT_FOUND}" = "${EXTEN}"]?interlinks-enter,${EXTEN},1:interlinks-call,${EXTEN},1';
/** A `dialplan reload` takes the patterns away, and one that was refused is tried again. */
const addAgainMs = 60_000;
const addAgain = 'patterns';

/** So many are begun before calls have their turn again. */
const actionsAtOnce = 200;

/**
 * Keeps a copy in AstDB of what dialplan/interlinks.conf has to know while the service is away. AstDB outlives both the
 * service and Asterisk. Only differences are written, so that a start with ten thousand numbers writes nothing.
 *
 * Patterns are in Asterisk's memory besides, as extensions; AstDB tells which a service before this one has left there.
 */
export class DialplanMirror {
  readonly #ami: Pick<AmiConnection, 'connected' | 'action' | 'list'>;
  readonly #wanted: () => ReadonlyMap<string, string>;
  readonly #log: Logger;
  readonly #retries = new DelayedTasks();
  /** Patterns that Asterisk has. */
  readonly #added = new Set<string>();
  /** What is in AstDB; undefined when that is not known. */
  #written: ReadonlyMap<string, string> | undefined;
  /** One after the other: two that write at once could leave the older state. */
  readonly #writes = new Limiter(1);

  /** @param wanted what is to be in AstDB at this moment, by key below the family */
  constructor(
    ami: Pick<AmiConnection, 'connected' | 'action' | 'list'>,
    wanted: () => ReadonlyMap<string, string>,
    log: Logger,
  ) {
    this.#ami = ami;
    this.#wanted = wanted;
    this.#log = log;
  }

  /** Called at each connect: looks what is there, and brings it up to date. Rejects when that fails. */
  async start(): Promise<void> {
    this.#written = undefined;
    await this.#writeAll();
  }

  /** To be called after the configuration has changed. Never rejects: it is tried again, and at the next connect. */
  async refresh(): Promise<void> {
    if (!this.#ami.connected) return;
    await this.#writes
      .run(() => this.#write())
      .catch((error: unknown) => {
        this.#log.warn({ err: error }, 'AstDB does not have the changed numbers yet; trying again');
        this.#retries.schedule(family, retryMs, () => this.refresh());
      });
  }

  /** Whether AstDB has this, as far as is known: not while it is written. */
  has(key: string, value: string): boolean {
    return this.#written?.get(key) === value;
  }

  async stop(): Promise<void> {
    await this.#retries.cancel(family);
    await this.#retries.cancel(addAgain);
    await this.#writes.run(async () => undefined);
  }

  /** Extensions included that Asterisk should have still. */
  async #writeAll(): Promise<void> {
    this.#retries.schedule(addAgain, addAgainMs, async () => {
      if (this.#ami.connected) await this.#writeAll().catch(() => undefined);
    });
    await this.#writes.run(async () => {
      this.#added.clear();
      await this.#write();
    });
  }

  async #write(): Promise<void> {
    const wanted = this.#wanted();
    const known = this.#written ?? (await this.#read());
    // Not known until all of it is done.
    this.#written = undefined;
    const gone = [...known.keys()].filter((key) => !wanted.has(key));
    const changed = [...wanted].filter(([key, value]) => known.get(key) !== value);
    const actions = [
      ...gone.map((key) => () => this.#delete(key)),
      ...changed.map(
        ([key, value]) =>
          () =>
            this.#ami.action('DBPut', { ...placeOf(key), Val: value }),
      ),
    ];
    for (let from = 0; from < actions.length; from += actionsAtOnce) {
      await Promise.all(actions.slice(from, from + actionsAtOnce).map((act) => act()));
    }
    for (const key of wanted.keys()) await this.#add(key);
    this.#written = wanted;
    if (gone.length + changed.length > 0) {
      this.#log.info({ written: changed.length, removed: gone.length }, 'AstDB brought up to date');
    }
  }

  async #read(): Promise<ReadonlyMap<string, string>> {
    const listed = await this.#ami.list('DBGetTree', { Family: family });
    const prefix = `/${family}/`;
    return new Map(
      listed
        .filter(({ key = '' }) => key.startsWith(prefix))
        .map(({ key = '', val = '' }) => [key.slice(prefix.length), val]),
    );
  }

  async #add(key: string): Promise<void> {
    if (!patternKey.test(key) || this.#added.has(key)) return;
    const extension = { ...extensionOf(key), Priority: '1', Application: 'GotoIf', ApplicationData: enter };
    try {
      await this.#ami.action('DialplanExtensionAdd', { ...extension, Replace: 'yes' });
      this.#added.add(key);
    } catch (error) {
      // While Asterisk boots, its dial plan takes nothing yet. Calls work without.
      ignoreRefusal(error);
    }
  }

  /** An entry that somebody else has removed meanwhile is what was wanted. */
  async #delete(key: string): Promise<void> {
    try {
      if (patternKey.test(key)) {
        this.#added.delete(key);
        // It may be gone already, with a reload for example.
        await this.#ami.action('DialplanExtensionRemove', extensionOf(key)).catch(ignoreRefusal);
      }
      await this.#ami.action('DBDel', placeOf(key));
    } catch (error) {
      if (!isMissingEntry(error)) throw error;
    }
  }
}

function placeOf(path: string): { Family: string; Key: string } {
  const at = path.lastIndexOf('/');
  return { Family: `${family}/${path.slice(0, at)}`, Key: path.slice(at + 1) };
}

function extensionOf(key: string): { Context: string; Extension: string } {
  return { Context: patternContext, Extension: key.replace(patternKey, '') };
}

function ignoreRefusal(error: unknown): void {
  if (!(error instanceof AmiRefusal)) throw error;
}
