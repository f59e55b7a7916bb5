import { fail, ok } from '../domain/failure.ts';
import type { Result } from '../domain/failure.ts';
import type { Interlink } from '../domain/interlink.ts';
import { isPrefix, prefixesClash } from '../domain/prefix.ts';
import type { Exclusive } from '../domain/exclusive.ts';
import { changedMeanwhile, noSuchInterlink } from './interlink-name.ts';
import type { InterlinkRegistry } from './interlink-registry.ts';
import type { InterlinkStore } from './interlink-store.ts';

export interface SetPrefixDeps {
  readonly store: Pick<InterlinkStore, 'setPrefix'>;
  readonly registry: InterlinkRegistry;
  readonly exclusive: Exclusive;
  /** This system's own prefix, if it has one. */
  readonly ownPrefix: () => string | undefined;
}

/**
 * Gives an interlink a prefix, in force with the next call: the prefix and a number ask its peer alone for the number.
 * Fails with `prefix-invalid`, `prefix-taken`, `not-found`, and `changed-meanwhile` when it does not have the prefix
 * `was` any more.
 *
 * @param prefix undefined takes it away
 * @param was null: none
 */
export async function setPrefix(
  { store, registry, exclusive, ownPrefix }: SetPrefixDeps,
  id: string,
  prefix: string | undefined,
  was?: string | null,
): Promise<Result<Interlink>> {
  // One at a time, so that two interlinks never get prefixes that clash.
  return await exclusive.run('prefixes', async () => {
    const found = registry.find(id);
    if (found === undefined) return noSuchInterlink();
    const current = found.prefix;
    if (was !== undefined && (was ?? undefined) !== current) {
      return changedMeanwhile(
        current === undefined ? 'It has no prefix now' : `Its prefix is ${current} now`,
      );
    }
    if (prefix !== undefined) {
      const others = registry.all().filter((interlink) => interlink.id !== id);
      const checked = checkPrefix(prefix, ownPrefix(), others);
      if (!checked.ok) return checked;
    }
    if (!(await store.setPrefix(id, prefix))) return noSuchInterlink();
    const interlink = await registry.refresh(id);
    return interlink === undefined ? noSuchInterlink() : ok(interlink);
  });
}

function checkPrefix(
  prefix: string,
  own: string | undefined,
  others: readonly Interlink[],
): Result<undefined> {
  if (!isPrefix(prefix)) {
    return fail('prefix-invalid', 'A prefix has 1 to 6 digits.', 'Write it like 82.');
  }
  if (own !== undefined && prefixesClash(prefix, own)) {
    return taken(prefix, `this system's own prefix ${own} (dialing.ownPrefix in interlinks.yaml)`);
  }
  const other = others.find(
    (interlink) => interlink.prefix !== undefined && prefixesClash(prefix, interlink.prefix),
  );
  return other === undefined ? ok(undefined) : taken(prefix, `the prefix ${other.prefix} of "${other.name}"`);
}

function taken(prefix: string, by: string): Result<never> {
  return fail(
    'prefix-taken',
    `The prefix ${prefix} cannot be told from ${by}.`,
    'Choose one of which neither begins with the other.',
  );
}
