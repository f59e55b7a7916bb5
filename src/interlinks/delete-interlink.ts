import { ok } from '../domain/failure.ts';
import type { Result } from '../domain/failure.ts';
import type { Interlink } from '../domain/interlink.ts';
import type { EndInterlink } from './end-interlink.ts';
import { noSuchInterlink } from './interlink-name.ts';
import type { CleanUp } from './trunk-reconciler.ts';

export interface DeletedInterlink {
  /** As it was. */
  readonly interlink: Interlink;
  readonly cleanUp: CleanUp;
}

/**
 * Deletes an interlink for good: nothing of it works here any more when this returns, and its calls are hung up. The
 * other system is told after that, see DeletionNotices. While Asterisk is away the clean-up there is `pending`.
 * Fails with `not-found`.
 */
export async function deleteInterlink(
  ending: Pick<EndInterlink, 'end'>,
  id: string,
): Promise<Result<DeletedInterlink>> {
  const ended = await ending.end(id, 'this-side');
  if (ended === undefined) return noSuchInterlink();
  return ok({ interlink: ended.interlink, cleanUp: await ended.cleanUp });
}
