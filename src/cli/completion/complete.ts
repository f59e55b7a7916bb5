import type { CliCommand } from '../command.ts';
import { displayText } from '../display-text.ts';
import { readPlace, type Place } from './place.ts';
import { valuesOf, type Candidate } from './values.ts';

/**
 * What a shell may offer for the last of some words. The first line is `files` where a file is wanted, else `words`;
 * then come the words, each with a tab and what it is. There is nothing to offer where something fails.
 *
 * @param words what stands after `interlinks`; the last one, perhaps empty, is completed
 * @param configFile of the service that is asked, unless the words name another one
 */
export async function complete(
  program: CliCommand,
  words: readonly string[],
  configFile: string,
): Promise<readonly string[]> {
  const place = readPlace(program, words.slice(0, -1));
  const begun = words.at(-1) ?? '';
  const found = await candidates(place, begun, place.configFile ?? configFile);
  if (found === 'files') return ['files'];
  const lines = found
    .filter(({ value }) => value.startsWith(begun) && value === displayText(value))
    .map(({ value, about }) => `${value}\t${displayText(about)}`);
  return ['words', ...lines];
}

async function candidates(
  place: Place,
  begun: string,
  configFile: string,
): Promise<readonly Candidate[] | 'files'> {
  if (begun.startsWith('-') && !place.isOptionValue) return place.options;
  if (place.wanted === undefined) return place.commands;
  if (place.wanted.choices !== undefined) return place.wanted.choices.map((value) => ({ value, about: '' }));
  if (place.wanted.name === 'file') return 'files';
  return await valuesOf(place.wanted.name, configFile);
}
