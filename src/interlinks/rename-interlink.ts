import { ok } from '../domain/failure.ts';
import type { Result } from '../domain/failure.ts';
import type { Interlink } from '../domain/interlink.ts';
import type { Exclusive } from '../domain/exclusive.ts';
import { changedMeanwhile, nameTaken, noSuchInterlink, parseInterlinkName } from './interlink-name.ts';
import type { InterlinkRegistry } from './interlink-registry.ts';
import type { InterlinkStore } from './interlink-store.ts';

export interface RenameInterlinkDeps {
  readonly store: Pick<InterlinkStore, 'rename'>;
  readonly registry: InterlinkRegistry;
  readonly exclusive: Exclusive;
}

/**
 * Changes what this side calls an interlink; the other side keeps its own name for it.
 * Fails with `name-invalid`, `name-taken`, `not-found`, `changed-meanwhile`.
 *
 * @param was nothing is changed unless it is still called that
 */
export async function renameInterlink(
  { store, registry, exclusive }: RenameInterlinkDeps,
  id: string,
  newName: string,
  was?: string,
): Promise<Result<Interlink>> {
  const name = parseInterlinkName(newName);
  if (!name.ok) return name;
  return await exclusive.run(id, async () => {
    const current = registry.find(id)?.name;
    if (was !== undefined && current !== undefined && current !== was) {
      return changedMeanwhile(`It is called "${current}" now`);
    }
    switch (await store.rename(id, name.value)) {
      case 'name-taken':
        return nameTaken(name.value);
      case 'not-found':
        return noSuchInterlink();
      case 'renamed': {
        const interlink = await registry.refresh(id);
        return interlink === undefined ? noSuchInterlink() : ok(interlink);
      }
    }
  });
}
