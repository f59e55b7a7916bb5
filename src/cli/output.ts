import { styleText } from 'node:util';
import type { Failure } from '../domain/failure.ts';

/** One line on stderr: what went wrong, what to do, and the code that scripts can rely on. */
export function printFailure(failure: Failure, json = false): void {
  const { code, message, remedy } = failure;
  const line = json
    ? JSON.stringify({ error: failure })
    : `interlinks: ${sentence(message)} ${sentence(remedy)} [${code}]`;
  process.stderr.write(`${line}\n`);
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

export function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
}

export function printLine(line: string): void {
  process.stdout.write(`${line}\n`);
}

export type Cell = string | { readonly text: string; readonly colour: 'green' | 'yellow' | 'red' | 'gray' };

/** Prints rows in columns as wide as needed; colours only on a terminal. */
export function printTable(head: readonly string[], rows: readonly (readonly Cell[])[]): void {
  const widths = head.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => textOf(row[column] ?? '').length)),
  );
  const line = (cells: readonly Cell[], paint: (cell: Cell, text: string) => string): string =>
    cells
      .map((cell, column) =>
        paint(cell, textOf(cell).padEnd(column === cells.length - 1 ? 0 : (widths[column] ?? 0))),
      )
      .join('  ');
  printLine(line(head, (_cell, text) => styleText('bold', text)));
  for (const row of rows) {
    printLine(line(row, (cell, text) => (typeof cell === 'string' ? text : styleText(cell.colour, text))));
  }
}

function textOf(cell: Cell): string {
  return typeof cell === 'string' ? cell : cell.text;
}
