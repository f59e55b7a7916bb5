import { ok } from '../domain/failure.ts';
import type { Result } from '../domain/failure.ts';
import type { Interlink } from '../domain/interlink.ts';
import type { DeletionNotices } from './deletion-notices.ts';
import type { EndInterlink } from './end-interlink.ts';
import { noSuchInterlink } from './interlink-name.ts';
import type { InterlinkStore } from './interlink-store.ts';
import type { CleanUp } from './trunk-reconciler.ts';

export interface DeletedInterlink {
  /** As it was. */
  readonly interlink: Interlink;
  readonly cleanUp: CleanUp;
}

export interface DeleteInterlinkDeps {
  readonly ending: Pick<EndInterlink, 'end'>;
  readonly notices: Pick<DeletionNotices, 'settle'>;
  readonly store: Pick<InterlinkStore, 'unfinishedEnds'>;
}

/**
 * Deletes an interlink for good: nothing of it works here any more when this returns, and its calls are hung up. The
 * other system is told after that, see DeletionNotices. While Asterisk is away the clean-up there is `pending`. Of one
 * that has ended already, the other system is not told any more.
 * Fails with `not-found`.
 */
export async function deleteInterlink(
  { ending, notices, store }: DeleteInterlinkDeps,
  id: string,
): Promise<Result<DeletedInterlink>> {
  const ended = await ending.end(id, 'this-side');
  if (ended !== undefined) return ok({ interlink: ended.interlink, cleanUp: await ended.cleanUp });
  const untold = (await store.unfinishedEnds()).find(({ interlink }) => interlink.id === id);
  if (untold?.noticeDue !== true) return noSuchInterlink();
  await notices.settle(id);
  return ok({
    interlink: untold.interlink,
    cleanUp: untold.cleanUpDue ? { kind: 'pending' } : { kind: 'done', calls: 0 },
  });
}
