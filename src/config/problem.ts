/** Where something stands in the configuration, such as `['numbers', 3, 'ring']`. */
export type Path = readonly (string | number)[];

/** What is wrong and how to put it right: one plain sentence each, without the final period. */
export interface Flaw {
  readonly message: string;
  readonly remedy: string;
}

/** A flaw of a configuration file and its place. A warning has the same shape. */
export interface Problem extends Flaw {
  readonly file: string;
  /** Both count from 1; columns in UTF-16 code units. */
  readonly line: number;
  readonly column: number;
  /** Such as `numbers[3].ring`; empty for the file as a whole. */
  readonly path: string;
}

/** One line, such as `interlinks.yaml:12:5: message. remedy`. */
export function formatProblem(problem: Problem): string {
  const { file, line, column, message, remedy } = problem;
  return `${file}:${line}:${column}: ${message}. ${remedy}`;
}

/** A path as admins write it, such as `numbers[3].ring`. */
export function pathText(path: Path): string {
  return path.reduce<string>((text, step) => {
    if (typeof step === 'number') return `${text}[${step}]`;
    if (!/^\w[\w-]{0,39}$/.test(step)) return `${text}[${excerpt(step)}]`;
    return text === '' ? step : `${text}.${step}`;
  }, '');
}

/** What somebody wrote, quoted, on one line and cut to a readable length. */
export function excerpt(text: string): string {
  const short = text.length > 60 ? `${text.slice(0, 60)}…` : text;
  return JSON.stringify(short).replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '?');
}

/** Finds line and column of an offset in a text. */
export class LineIndex {
  readonly #starts = [0];
  readonly #length: number;

  constructor(text: string) {
    this.#length = text.length;
    for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', end + 1))
      this.#starts.push(end + 1);
  }

  /** Both count from 1. An offset outside of the text counts as its nearest end. */
  position(offset: number): { line: number; column: number } {
    const target = Math.max(0, Math.min(offset, this.#length));
    let low = 0;
    let high = this.#starts.length - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((this.#starts[middle] ?? 0) <= target) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: target - (this.#starts[low] ?? 0) + 1 };
  }
}
