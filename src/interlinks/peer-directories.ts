import { byAge, type Directory, type KnownDirectory, type PossibleOwner } from '../domain/directory.ts';
import { isActive } from '../domain/interlink.ts';
import type { ActiveInterlink, Interlink } from '../domain/interlink.ts';
import { DirectoryIndex } from './directory-index.ts';
import type { DirectoryStore } from './directory-store.ts';
import { Exclusive } from '../domain/exclusive.ts';
import type { InterlinkRegistry } from './interlink-registry.ts';

/**
 * So long a peer's last word on its revision counts. Longer than it takes to notice that a peer has gone silent, or
 * 1,000 of them together, so that one that freezes turns from current to away and is not asked in between.
 */
const currentForMs = 40_000;

export interface PeerDirectoriesDeps {
  readonly registry: InterlinkRegistry;
  readonly store: DirectoryStore;
  /** Whether a peer is known not to answer, see HealthMonitor. */
  readonly isAway: (interlinkId: string) => boolean;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Milliseconds of a clock that never jumps. */
  readonly uptime: () => number;
}

/** What the peers share, as far as they have said so: who may have a number, without any I/O. */
export class PeerDirectories {
  readonly #deps: PeerDirectoriesDeps;
  readonly #index = new DirectoryIndex();
  /** Revisions that peers lately said they share, and when; the longest ago first. */
  readonly #told = new Map<string, { readonly revision: string; readonly at: number }>();
  /** Active interlinks whose directory here may not be what the peer shares now. */
  readonly #doubtful = new Set<string>();
  readonly #exclusive = new Exclusive();

  constructor(deps: PeerDirectoriesDeps) {
    this.#deps = deps;
    deps.registry.subscribe(({ before, after }) => {
      if (after !== undefined && isActive(after)) this.#begin(after.id);
      else if (before !== undefined) this.#end(before.id);
    });
  }

  /** Reads what earlier runs received; after the registry was loaded. */
  async load(): Promise<void> {
    const { store, registry } = this.#deps;
    for (const [id, directory] of await store.list()) this.#index.put(id, directory);
    for (const { id } of registry.active()) this.#begin(id);
  }

  /** Keeps a directory that a peer sent. @returns false when the interlink is not active any more */
  async receive(interlink: ActiveInterlink, directory: Directory): Promise<boolean> {
    const { store, registry, now } = this.#deps;
    const { id } = interlink;
    return await this.#exclusive.run(id, async () => {
      const received = { ...directory, receivedAt: now() };
      const known = this.#index.revisionOf(id) === directory.revision;
      if (!known && !(await store.replace(id, received))) return false;
      if (!isLive(registry.find(id))) return false;
      if (!known) this.#index.put(id, received);
      this.revisionTold(id, directory.revision);
      return true;
    });
  }

  /** A peer has said which revision it shares at this moment. */
  revisionTold(interlinkId: string, revision: string): void {
    if (!isLive(this.#deps.registry.find(interlinkId))) return;
    this.#told.delete(interlinkId);
    this.#told.set(interlinkId, { revision, at: this.#deps.uptime() });
    if (this.#index.revisionOf(interlinkId) === revision) this.#doubtful.delete(interlinkId);
    else this.#doubtful.add(interlinkId);
  }

  /** The revision of a peer's directory that is kept here. */
  revisionOf(interlinkId: string): string | undefined {
    return this.#index.revisionOf(interlinkId);
  }

  /**
   * Who may have a number: peers whose directory has it, then those whose directory may be out of date; in either
   * group the oldest interlink first. Who is away counts only if its last directory has the number, or none ever came.
   */
  whoMayHave(number: string): readonly PossibleOwner[] {
    this.#dropStale();
    const { registry, isAway } = this.#deps;
    const owners = this.#index.ownersOf(number);
    const find = (ids: Iterable<string>, listed: boolean): PossibleOwner[] =>
      [...ids]
        .map((id) => registry.find(id))
        .filter(isLive)
        .toSorted(byAge)
        .map((interlink) => ({ interlink, listed, away: isAway(interlink.id) }));
    const doubtful = find(this.#doubtful, false).filter(
      ({ interlink: { id }, away }) => !owners.has(id) && (!away || !this.#index.has(id)),
    );
    return [...find(owners, true), ...doubtful];
  }

  /** Everything, the oldest interlink first. */
  list(): readonly KnownDirectory[] {
    this.#dropStale();
    return this.#deps.registry
      .active()
      .toSorted(byAge)
      .map((interlink) => ({
        interlink,
        away: this.#deps.isAway(interlink.id),
        receivedAt: this.#index.receivedAt(interlink.id),
        current: !this.#doubtful.has(interlink.id),
        numbers: this.#index.numbersOf(interlink.id),
      }));
  }

  #begin(id: string): void {
    if (!this.#told.has(id)) this.#doubtful.add(id);
  }

  #end(id: string): void {
    this.#index.remove(id);
    this.#told.delete(id);
    this.#doubtful.delete(id);
  }

  /** Looks at those alone whose time has come. */
  #dropStale(): void {
    const now = this.#deps.uptime();
    for (const [id, { at }] of this.#told) {
      if (now - at <= currentForMs) return;
      this.#told.delete(id);
      this.#doubtful.add(id);
    }
  }
}

function isLive(interlink: Interlink | undefined): interlink is ActiveInterlink {
  return interlink !== undefined && isActive(interlink);
}
