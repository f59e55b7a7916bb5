import type { ChangeMark } from '../../domain/change-mark.ts';
import type { Interlink } from '../../domain/interlink.ts';
import type { HistoryStore } from '../history-store.ts';

/** The port in memory, for tests. `lost` is what adopting an unknown mark finds. */
export class MemoryHistory implements HistoryStore {
  readonly marks: ChangeMark[] = [];
  readonly #peerMarks = new Map<string, string>();
  noted: string | undefined;
  lost: readonly Interlink[] = [];

  async latestMark(): Promise<ChangeMark | undefined> {
    return this.marks.toSorted((one, other) => one.madeAt - other.madeAt).at(-1);
  }

  async adoptMark(mark: ChangeMark): Promise<readonly Interlink[] | undefined> {
    if (this.marks.some(({ tag }) => tag === mark.tag)) return undefined;
    this.marks.push(mark);
    return this.lost;
  }

  async peerMarks(): Promise<ReadonlyMap<string, string>> {
    return this.#peerMarks;
  }

  async rememberPeerMark(id: string, sealed: string): Promise<void> {
    this.#peerMarks.set(id, sealed);
  }

  async notedMark(): Promise<string | undefined> {
    return this.noted;
  }

  async noteMark(sealed: string): Promise<void> {
    this.noted = sealed;
  }
}
