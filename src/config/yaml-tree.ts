import { isAlias, isMap, isScalar, isSeq, type Document, type Node, type Pair, type Scalar } from 'yaml';
import { excerpt, type Flaw, type LineIndex, type Path, type Problem, pathText } from './problem.ts';

const maxAliases = 100;

interface Place {
  /** Offset of the key; of the value where there is no key, as in a list. */
  readonly key: number;
  readonly value: number;
  readonly scalar: Scalar | undefined;
  readonly children: Map<string | number, Place>;
}

/**
 * A YAML document as plain values that still know their places. Anchors and aliases work, within a limit; merge
 * keys, tags, doubled keys and keys that are no text are problems.
 */
export class YamlTree {
  /** Maps are objects without a prototype. */
  readonly value: unknown;
  readonly problems: Problem[] = [];
  readonly #file: string;
  readonly #lines: LineIndex;
  readonly #root: Place;
  readonly #anchors = new Map<string, Node>();
  #aliases = 0;

  constructor(document: Document.Parsed, lines: LineIndex, file: string) {
    this.#file = file;
    this.#lines = lines;
    const contents = document.contents;
    this.#root = this.#placeOf(contents, contents?.range[0] ?? 0);
    this.value = this.#read(contents, [], this.#root);
  }

  has(path: Path): boolean {
    return this.#find(path).exact;
  }

  /** The scalar at a path, which knows how it was written. */
  scalar(path: Path): Scalar | undefined {
    const { place, exact } = this.#find(path);
    return exact ? place.scalar : undefined;
  }

  /** The line of the value at a path. */
  line(path: Path): number {
    return this.#lines.position(this.#find(path).place.value).line;
  }

  /** A problem with the key, or the value, at a path; where there is no such path, its place is the key above. */
  problem(at: 'key' | 'value', path: Path, flaw: Flaw): Problem {
    const { place, exact } = this.#find(path);
    return this.#problemAt(exact ? place[at] : place.key, path, flaw);
  }

  #problemAt(offset: number, path: Path, { message, remedy }: Flaw): Problem {
    return { file: this.#file, ...this.#lines.position(offset), path: pathText(path), message, remedy };
  }

  #find(path: Path): { place: Place; exact: boolean } {
    let place = this.#root;
    for (const step of path) {
      const next = place.children.get(step);
      if (next === undefined) return { place, exact: false };
      place = next;
    }
    return { place, exact: true };
  }

  #placeOf(node: Node | null, key: number): Place {
    // An empty value has no place of its own.
    const value =
      node === null || (isScalar(node) && node.type === 'PLAIN' && node.source === '')
        ? key
        : (node.range?.[0] ?? key);
    const target = isAlias(node) ? this.#anchors.get(node.source) : node;
    return { key, value, scalar: isScalar(target) ? target : undefined, children: new Map() };
  }

  #read(node: Node | null, path: Path, place: Place): unknown {
    const refuse = (message: string, remedy: string): undefined => {
      this.problems.push(this.#problemAt(place.value, path, { message, remedy }));
    };
    if (node === null) return null;
    if (isAlias(node)) {
      const target = this.#anchors.get(node.source);
      if (target === undefined) {
        const written = excerpt(`*${node.source}`);
        return refuse(
          `${written} is no text here but refers to an anchor that is not above`,
          `Write ${written}`,
        );
      }
      this.#aliases += 1;
      if (this.#aliases === maxAliases + 1)
        refuse(`More than ${maxAliases} aliases are used`, 'Write the values out');
      return this.#aliases > maxAliases ? undefined : this.#read(target, path, place);
    }
    if (node.tag !== undefined) return refuse('A tag (!...) is not supported', 'Remove the tag');
    if (node.anchor !== undefined) this.#anchors.set(node.anchor, node);
    if (isScalar(node)) return node.value;
    if (isMap<Node, Node | null>(node)) return this.#readMap(node.items, path, place.children);
    return isSeq<Node>(node) ? this.#readList(node.items, path, place.children) : undefined;
  }

  #readMap(pairs: readonly Pair<Node, Node | null>[], path: Path, places: Place['children']): object {
    const result: Record<string, unknown> = { __proto__: null };
    for (const pair of pairs) {
      const key = isScalar(pair.key) ? (pair.key.source ?? '') : '';
      const place = this.#placeOf(pair.value, pair.key.range?.[0] ?? 0);
      const keyPath = [...path, key];
      const flaw = this.#keyFlaw(key, places.get(key));
      if (flaw !== undefined) {
        this.problems.push(this.#problemAt(place.key, keyPath, flaw));
        continue;
      }
      places.set(key, place);
      result[key] = this.#read(pair.value, keyPath, place);
    }
    return result;
  }

  #readList(items: readonly Node[], path: Path, places: Place['children']): unknown[] {
    const result: unknown[] = [];
    for (const [index, item] of items.entries()) {
      const place = this.#placeOf(item, item.range?.[0] ?? 0);
      places.set(index, place);
      result.push(this.#read(item, [...path, index], place));
    }
    return result;
  }

  #keyFlaw(key: string, earlier: Place | undefined): Flaw | undefined {
    if (key === '')
      return { message: 'A key must be a plain word', remedy: 'Compare it with interlinks.example.yaml' };
    if (key === '<<') return { message: 'Merge keys (<<) are not supported', remedy: 'Write the keys out' };
    if (earlier === undefined) return undefined;
    const { line } = this.#lines.position(earlier.key);
    return {
      message: `The key ${excerpt(key)} stands here a second time, after line ${line}`,
      remedy: 'Remove one',
    };
  }
}
