import { ok } from '../domain/failure.ts';
import type { Result } from '../domain/failure.ts';
import type { Interlink } from '../domain/interlink.ts';
import type { DeletionNotices } from './deletion-notices.ts';
import { noSuchInterlink } from './interlink-name.ts';
import type { InterlinkStore } from './interlink-store.ts';

export interface DropNoticeDeps {
  readonly notices: Pick<DeletionNotices, 'settle'>;
  readonly store: Pick<InterlinkStore, 'unfinishedEnds'>;
}

/**
 * Tells the other side of an interlink that has ended no more, where it can never be reached.
 * Fails with `not-found` when there is nobody to be told.
 */
export async function dropNotice({ notices, store }: DropNoticeDeps, id: string): Promise<Result<Interlink>> {
  const untold = (await store.unfinishedEnds()).find(({ interlink }) => interlink.id === id);
  if (untold?.noticeDue !== true) return noSuchInterlink();
  await notices.settle(id);
  return ok(untold.interlink);
}
