import type { SharedNumber } from '../domain/directory.ts';
import type { StoredDirectory } from './directory-store.ts';

interface Entry extends Omit<StoredDirectory, 'numbers'> {
  readonly names: ReadonlyMap<string, string | undefined>;
}

const nobody: ReadonlySet<string> = new Set();

/** The peers' directories in memory, and who has a number: one look-up, however many interlinks there are. */
export class DirectoryIndex {
  readonly #directories = new Map<string, Entry>();
  readonly #owners = new Map<string, Set<string>>();

  /** Takes the place of the interlink's directory before. */
  put(interlinkId: string, directory: StoredDirectory): void {
    const names = new Map(directory.numbers.map(({ number, name }) => [number, name]));
    const before = this.#directories.get(interlinkId)?.names ?? new Map<string, string | undefined>();
    for (const number of before.keys()) if (!names.has(number)) this.#drop(number, interlinkId);
    for (const number of names.keys()) if (!before.has(number)) this.#add(number, interlinkId);
    const { revision, receivedAt } = directory;
    this.#directories.set(interlinkId, { revision, receivedAt, names });
  }

  remove(interlinkId: string): void {
    for (const number of this.#directories.get(interlinkId)?.names.keys() ?? []) {
      this.#drop(number, interlinkId);
    }
    this.#directories.delete(interlinkId);
  }

  /** Ids of the interlinks whose directory has the number. */
  ownersOf(number: string): ReadonlySet<string> {
    return this.#owners.get(number) ?? nobody;
  }

  has(interlinkId: string): boolean {
    return this.#directories.has(interlinkId);
  }

  revisionOf(interlinkId: string): string | undefined {
    return this.#directories.get(interlinkId)?.revision;
  }

  /** @returns when the directory arrived, milliseconds since the epoch */
  receivedAt(interlinkId: string): number | undefined {
    return this.#directories.get(interlinkId)?.receivedAt;
  }

  numbersOf(interlinkId: string): readonly SharedNumber[] {
    return [...(this.#directories.get(interlinkId)?.names ?? [])].map(([number, name]) => ({ number, name }));
  }

  #add(number: string, interlinkId: string): void {
    const owners = this.#owners.get(number);
    if (owners === undefined) this.#owners.set(number, new Set([interlinkId]));
    else owners.add(interlinkId);
  }

  #drop(number: string, interlinkId: string): void {
    const owners = this.#owners.get(number);
    owners?.delete(interlinkId);
    if (owners?.size === 0) this.#owners.delete(number);
  }
}
