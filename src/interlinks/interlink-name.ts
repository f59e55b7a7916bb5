import { parseDisplayName } from '../domain/display-name.ts';
import { fail, ok } from '../domain/failure.ts';
import type { Result } from '../domain/failure.ts';

/** Reads the name an admin gives to an interlink; fails with `name-invalid`. */
export function parseInterlinkName(text: string): Result<string> {
  const name = parseDisplayName(text);
  if (name !== undefined) return ok(name);
  return fail(
    'name-invalid',
    'A name has 1 to 40 printable characters.',
    'Choose a shorter name, without line breaks or invisible characters.',
  );
}

export function nameTaken(name: string): Result<never> {
  return fail('name-taken', `Another interlink is called "${name}" already.`, 'Choose another name.');
}

/** @param now how it is, as a clause */
export function changedMeanwhile(now: string): Result<never> {
  return fail('changed-meanwhile', `Somebody else was faster. ${now}.`, 'Look at it again, then decide.');
}

export function noSuchInterlink(): Result<never> {
  return fail('not-found', 'There is no such interlink.', 'See "interlinks list" for those that there are.');
}
