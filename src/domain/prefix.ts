import type { ActiveInterlink } from './interlink.ts';

const form = /^[0-9]{1,6}$/;
const ownForm = /^[0-9*#]{1,6}$/;

/** Whether a text can be dialed before the numbers of a linked system: the dial plan lets in nothing but digits of those. */
export function isPrefix(text: string): boolean {
  return form.test(text);
}

/** Whether a text can be dialed before this system's own numbers. */
export function isOwnPrefix(text: string): boolean {
  return ownForm.test(text);
}

/** Whether a dialed number could begin with either of two prefixes. */
export function prefixesClash(a: string, b: string): boolean {
  return a.startsWith(b) || b.startsWith(a);
}

/** @returns the number that follows the prefix; undefined when the dialed one does not begin with it, or ends there */
export function afterPrefix(dialed: string, prefix: string | undefined): string | undefined {
  if (prefix === undefined || !dialed.startsWith(prefix) || dialed.length === prefix.length) return undefined;
  return dialed.slice(prefix.length);
}

/** A number that was dialed with the prefix of an interlink. */
export interface PrefixedNumber {
  readonly interlink: ActiveInterlink;
  /** As the other system has it. */
  readonly number: string;
}

/** Whose prefix a dialed number begins with; no two interlinks have prefixes that clash. */
export function findPrefixed(
  interlinks: readonly ActiveInterlink[],
  dialed: string,
): PrefixedNumber | undefined {
  for (const interlink of interlinks) {
    const number = afterPrefix(dialed, interlink.prefix);
    if (number !== undefined) return { interlink, number };
  }
  return undefined;
}
