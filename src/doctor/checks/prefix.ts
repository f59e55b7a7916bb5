import type { ActiveInterlink } from '../../domain/interlink.ts';
import { prefixesClash } from '../../domain/prefix.ts';
import { problem, type Finding } from '../finding.ts';

/**
 * Whether this system's own prefix leaves those of interlinks to be dialed: a reload may have changed it since they got
 * theirs.
 */
export function checkPrefixes(
  own: string | undefined,
  interlinks: readonly Pick<ActiveInterlink, 'name' | 'prefix'>[],
): readonly Finding[] {
  if (own === undefined) return [];
  return interlinks.flatMap(({ name, prefix }) => {
    if (prefix === undefined || !prefixesClash(prefix, own)) return [];
    return [
      problem(
        'prefix-clash',
        name,
        `The prefix ${prefix} of ${name} cannot be told from this system's own prefix ${own}, which comes first`,
        `Change dialing.ownPrefix in interlinks.yaml, or give the interlink another one: interlinks prefix ${JSON.stringify(name)} PREFIX`,
      ),
    ];
  });
}
