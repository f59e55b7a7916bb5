import { Composer, isScalar, Lexer, Parser, type CST, type Document, type YAMLError } from 'yaml';
import { LineIndex, type Flaw, type Problem } from './problem.ts';
import { explainYamlError } from './yaml-errors.ts';
import { YamlTree } from './yaml-tree.ts';

/** Largest configuration file, in bytes of UTF-8. */
export const maxBytes = 8 * 1024 * 1024;

const maxDepth = 20;

/** Words, spaces and marks of YAML: some 30,000 numbers. More would take minutes and gigabytes to read. */
const maxLexemes = 1_000_000;

export const tooLarge: Flaw = {
  message: 'The file is larger than 8 MiB',
  remedy: 'Check that this is the configuration of Interlinks',
};

const tooManyValues: Flaw = {
  message: 'The file has too many values',
  remedy: 'Check that this is the configuration of Interlinks',
};

export interface YamlSource {
  readonly tree?: YamlTree;
  /** As far as it could be read. */
  readonly document?: Document.Parsed;
  readonly problems: readonly Problem[];
}

/** Reads a text as one YAML document. Without a tree there are problems, and only those of the syntax. */
export function readYaml(text: string, file: string): YamlSource {
  const lines = new LineIndex(text);
  const refuse = (offset: number, flaw: Flaw) => ({
    problems: [{ file, ...lines.position(offset), path: '', ...flaw }],
  });
  if (Buffer.byteLength(text) > maxBytes) return refuse(0, tooLarge);

  if (hasTooManyValues(text)) return refuse(0, tooManyValues);

  const tokens = [...new Parser().parse(text)];
  const { deepest, lastQuote } = survey(tokens);
  if (deepest !== undefined) {
    return refuse(deepest, {
      message: `The file is nested more than ${maxDepth} levels deep`,
      remedy: 'Compare it with interlinks.example.yaml',
    });
  }
  const [document, second] = compose(tokens, text.length);
  if (document === undefined || isEmpty(document)) {
    return refuse(0, { message: 'The file is empty', remedy: 'Start from interlinks.example.yaml' });
  }
  if (second !== undefined) {
    return refuse(second.range[0], {
      message: 'A second document begins here',
      remedy: 'Remove the line with --- and keep one document in the file',
    });
  }
  if (document.errors.length > 0) {
    const offset = ({ pos, message }: YAMLError) =>
      message.startsWith('Missing closing') ? lastQuote : pos[0];
    const problems = document.errors.flatMap(
      (error) => refuse(offset(error), explainYamlError(error)).problems,
    );
    return { document, problems: firstOfEachLine(problems) };
  }
  const tree = new YamlTree(document, lines, file);
  return { tree, document, problems: tree.problems };
}

function hasTooManyValues(text: string): boolean {
  return text.length > maxLexemes && !new Lexer().lex(text).drop(maxLexemes).next().done;
}

function isEmpty({ contents, errors }: Document.Parsed): boolean {
  return errors.length === 0 && (contents === null || (isScalar(contents) && contents.value === null));
}

/** At most two documents: more than one is refused. */
function compose(tokens: readonly CST.Token[], length: number): Document.Parsed[] {
  // Version 1.1 of YAML, asked for by a directive, must not bring back merge keys and `yes` for `true`.
  const composer = new Composer({ schema: 'core', merge: false, uniqueKeys: false, prettyErrors: false });
  return composer.compose(tokens, true, length).take(2).toArray();
}

/**
 * Looks at the tokens before they are composed, without recursion: composing a deeply nested text ends the process.
 * Gives the first place that is too deep and that of the last quote, the only one that can be unclosed.
 */
function survey(tokens: readonly CST.Token[]): { deepest: number | undefined; lastQuote: number } {
  let deepest: number | undefined;
  let lastQuote = 0;
  const waiting = tokens.map((token) => ({ token, depth: 0 }));
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { token, depth } = next;
    if (depth > maxDepth) deepest = Math.min(token.offset, deepest ?? token.offset);
    else for (const inner of childrenOf(token)) waiting.push({ token: inner, depth: depth + 1 });
    if (token.type.endsWith('quoted-scalar')) lastQuote = Math.max(lastQuote, token.offset);
  }
  return { deepest, lastQuote };
}

function childrenOf(token: CST.Token): CST.Token[] {
  if (token.type === 'document') return token.value === undefined ? [] : [token.value];
  if (!('items' in token)) return [];
  return token.items.flatMap(({ key, value }) =>
    [key, value].filter((inner) => inner !== undefined && inner !== null),
  );
}

function firstOfEachLine(problems: readonly Problem[]): Problem[] {
  return [...new Map(problems.toReversed().map((problem) => [problem.line, problem])).values()].toReversed();
}
