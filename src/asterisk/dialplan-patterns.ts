const digits = '0123456789'.split('');

/**
 * The patterns that take the numbers of some lengths in digits, but none that is an emergency number or begins with one:
 * a phone that sends one digit at a time is not to wait for more then.
 *
 * @returns as extensions.conf has them, each number in one of them at most
 * @see https://docs.asterisk.org/Configuration/Dialplan/Pattern-Matching/
 */
export function dialplanPatterns(
  { min, max }: { readonly min: number; readonly max: number },
  emergency: readonly string[],
): readonly string[] {
  const patterns: string[] = [];
  for (let length = min; length <= max; length += 1) patterns.push(...patternsAfter('', length, emergency));
  return patterns;
}

/** Of numbers that begin with a prefix, as all of `emergency` do. */
function patternsAfter(prefix: string, length: number, emergency: readonly string[]): readonly string[] {
  const near = emergency.filter((number) => number.length <= length);
  if (near.includes(prefix)) return [];
  const rest = (after: string): string => `_${after}${'X'.repeat(length - prefix.length - 1)}`;
  if (near.length === 0) return [rest(`${prefix}X`)];
  const next = new Set(near.map((number) => number.charAt(prefix.length)));
  const others = digits.filter((digit) => !next.has(digit)).join('');
  const deeper = digits
    .filter((digit) => next.has(digit))
    .flatMap((digit) =>
      patternsAfter(
        prefix + digit,
        length,
        near.filter((number) => number.startsWith(prefix + digit)),
      ),
    );
  return others === '' ? deeper : [rest(`${prefix}[${others}]`), ...deeper];
}
