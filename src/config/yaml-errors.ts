import type { ErrorCode, YAMLError } from 'yaml';
import type { Flaw } from './problem.ts';

const quoteIt = 'Put the whole value in double quotes';
const lookAround = 'Check quotes, colons, dashes and indentation in this line and the one before';

const byCode: Partial<Record<ErrorCode, Flaw>> = {
  TAB_AS_INDENT: { message: 'A tab is used as indentation', remedy: 'Indent with spaces' },
  BAD_INDENT: {
    message: 'The indentation does not fit the lines above',
    remedy: 'Start all keys of a section, and all dashes of a list, in the same column',
  },
  BLOCK_AS_IMPLICIT_KEY: {
    message: 'There is a second colon in this line',
    remedy: `${quoteIt}, or write each key on a line of its own`,
  },
  MULTILINE_IMPLICIT_KEY: { message: 'This line does not fit the lines above', remedy: lookAround },
  BAD_SCALAR_START: { message: 'A value cannot start with this character', remedy: quoteIt },
  BAD_DQ_ESCAPE: {
    message: 'A backslash stands before a character that needs none',
    remedy: 'Write \\\\ for one backslash, or use single quotes',
  },
  TAG_RESOLVE_FAILED: { message: 'A tag (!...) is not supported', remedy: 'Remove the tag' },
};

const byMessage: readonly (readonly [RegExp, Flaw])[] = [
  [
    /^Flow .* end with a/,
    {
      message: 'A list or section was opened with [ or { and is not closed before this place',
      remedy: 'Close it with ] or }',
    },
  ],
  [
    /^Missing closing/,
    {
      message: 'A quote is opened here and never closed',
      remedy: 'Add the closing quote at the end of the value',
    },
  ],
  [
    /^Missing , /,
    {
      message: 'A comma is missing, or a value in [ ] or { } needs quotes',
      remedy: 'Separate entries with commas, and put a value that holds , { } [ or ] in double quotes',
    },
  ],
  [
    /need to be followed by map values/,
    {
      message: 'A key stands here without a value',
      remedy: 'Write it as "key: value", with a space after the colon',
    },
  ],
  [
    /^Missing space after :/,
    { message: 'A colon is not followed by a space', remedy: 'Write a space after the colon' },
  ],
  [/at node end/, { message: 'There is text after the end of the value', remedy: quoteIt }],
];

/** Says in an admin's words what the YAML parser objects to. */
export function explainYamlError({ code, message }: YAMLError): Flaw {
  const known = byMessage.find(([pattern]) => pattern.test(message))?.[1] ?? byCode[code];
  return known ?? { message: 'This is not valid YAML', remedy: lookAround };
}
