import { styleText } from 'node:util';
import { displayText, displayWidth, fitText } from './display-text.ts';

export type Cell = string | { readonly text: string; readonly colour: 'green' | 'yellow' | 'red' | 'gray' };

const gap = '  ';
/** A column is not cut below this. */
const leastWidth = 4;

/**
 * Prints rows in columns as wide as needed. On a terminal the widest columns are cut, marked by `…`, until a row fits
 * into a line; elsewhere nothing is. Colours only on a terminal, and not with NO_COLOR.
 */
export function printTable(head: readonly string[], rows: readonly (readonly Cell[])[]): void {
  const { isTTY, columns } = process.stdout;
  for (const line of tableLines(head, rows, isTTY ? columns : Infinity)) process.stdout.write(`${line}\n`);
}

/** @param columns of the terminal */
export function tableLines(
  head: readonly string[],
  rows: readonly (readonly Cell[])[],
  columns: number,
): readonly string[] {
  const texts = rows.map((row) =>
    row.map((cell) => displayText(typeof cell === 'string' ? cell : cell.text)),
  );
  const needed = head.map((title, column) =>
    texts.reduce((most, row) => Math.max(most, displayWidth(row[column] ?? '')), displayWidth(title)),
  );
  const widths = narrowed(needed, columns - gap.length * (head.length - 1));
  const line = (cells: readonly string[], paint: (text: string, column: number) => string): string =>
    cells
      .map((text, column) => {
        const fitted = fitText(text, widths[column] ?? 0);
        return paint(column === cells.length - 1 ? fitted.trimEnd() : fitted, column);
      })
      .join(gap);
  return [
    line(head, (text) => styleText('bold', text)),
    ...texts.map((row, index) => line(row, (text, column) => painted(text, rows[index]?.[column]))),
  ];
}

function painted(text: string, cell: Cell | undefined): string {
  return cell === undefined || typeof cell === 'string' ? text : styleText(cell.colour, text);
}

/** Takes from the widest columns first. */
function narrowed(needed: readonly number[], most: number): readonly number[] {
  const widths = [...needed];
  let excess = widths.reduce((sum, width) => sum + width, 0) - most;
  while (excess > 0) {
    const widest = Math.max(...widths);
    if (widest <= leastWidth) break;
    widths[widths.lastIndexOf(widest)] = widest - 1;
    excess -= 1;
  }
  return widths;
}
