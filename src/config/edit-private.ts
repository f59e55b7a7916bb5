import { isAlias, isCollection, isMap, isScalar, isSeq, type Document, type Pair, type YAMLMap } from 'yaml';
import { readYaml } from './yaml-source.ts';

/**
 * Writes into the text of a valid configuration whether a number is private. All else stays byte for byte: comments,
 * order, quotes, line ends.
 *
 * @returns undefined when the number's entry is not found
 */
export function editPrivate(text: string, number: string, hidden: boolean): string | undefined {
  const { document } = readYaml(text, '');
  const entry = document && findEntry(document, number);
  if (entry === undefined) return undefined;
  const present = rangeOf(pairOf(entry, 'private')?.value);
  if (present !== undefined) return splice(text, present, String(hidden));
  return entry.flow === true
    ? addToFlow(text, entry, `private: ${hidden}`)
    : addToBlock(text, entry, `private: ${hidden}`);
}

function findEntry(document: Document, number: string): YAMLMap | undefined {
  const resolve = (node: unknown): unknown => (isAlias(node) ? node.resolve(document) : node);
  const root = document.contents;
  const list = isMap(root) ? resolve(pairOf(root, 'numbers')?.value) : undefined;
  const entries = isSeq(list) ? list.items.map(resolve) : [];
  return entries.filter(isMap).find((entry) => {
    const value = resolve(pairOf(entry, 'number')?.value);
    return isScalar(value) && value.value === number;
  });
}

function pairOf(map: YAMLMap, key: string): Pair | undefined {
  return map.items.find((pair) => isScalar(pair.key) && pair.key.source === key);
}

/** `{ number: "190" }`: after the last value. */
function addToFlow(text: string, entry: YAMLMap, addition: string): string | undefined {
  const last = rangeOf(entry.items.at(-1)?.value);
  return last && splice(text, { start: last.end, end: last.end }, `, ${addition}`);
}

/** On a line of its own, below the last value that ends on its line; the number's own value always does. */
function addToBlock(text: string, entry: YAMLMap, addition: string): string | undefined {
  const above = rangeOf(entry.items.findLast(({ value }) => endsOnItsLine(value))?.value);
  const first = rangeOf(entry.items[0]?.key);
  if (above === undefined || first === undefined) return undefined;
  const newline = /\r?\n/.exec(text)?.[0] ?? '\n';
  const nextLine = text.indexOf(newline, above.end);
  const at = nextLine === -1 ? text.length : nextLine;
  const column = first.start - (text.lastIndexOf('\n', first.start - 1) + 1);
  return splice(text, { start: at, end: at }, `${newline}${' '.repeat(column)}${addition}`);
}

function endsOnItsLine(value: unknown): boolean {
  if (isCollection(value)) return value.flow === true;
  return isAlias(value) || (isScalar(value) && !value.type?.startsWith('BLOCK'));
}

interface Span {
  readonly start: number;
  readonly end: number;
}

/** Where the text of a node stands, without what follows it. */
function rangeOf(node: unknown): Span | undefined {
  const range = isScalar(node) || isAlias(node) || isCollection(node) ? node.range : undefined;
  return range ? { start: range[0], end: range[1] } : undefined;
}

function splice(text: string, { start, end }: Span, replacement: string): string {
  return text.slice(0, start) + replacement + text.slice(end);
}
