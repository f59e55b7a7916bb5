import { styleText } from 'node:util';
import type { FindingView } from '../admin/schema.ts';
import { displayText } from './display-text.ts';
import { printLine } from './output.ts';

const signs = {
  ok: { text: '✓', colour: 'green' },
  'not-checked': { text: '–', colour: 'gray' },
  warning: { text: '!', colour: 'yellow' },
  problem: { text: '✗', colour: 'red' },
} as const;

/** What was looked at, one line each, with the remedy below what is wrong; and the sum at the end. */
export function printFindings(found: readonly FindingView[]): void {
  const width = Math.max(...found.map(({ id }) => id.length));
  for (const { level, id, what, where, remedy } of found) {
    const { text, colour } = signs[level];
    const line = displayText(`${id.padEnd(width)}  ${what.includes(where) ? what : `${where}: ${what}`}`);
    process.stdout.write(`${styleText(colour, text)} ${line}\n`);
    if (remedy !== undefined) printLine(`  ${' '.repeat(width)}  → ${remedy}`);
  }
  printLine('');
  printLine(summary(found));
}

function summary(found: readonly FindingView[]): string {
  const count = (level: FindingView['level'], one: string): string => {
    const number = found.filter((finding) => finding.level === level).length;
    return `${number} ${number === 1 ? one : `${one}s`}`;
  };
  const notChecked = found.filter(({ level }) => level === 'not-checked').length;
  const rest = notChecked === 0 ? '' : `, ${notChecked} not checked`;
  return `${count('problem', 'problem')}, ${count('warning', 'warning')}${rest}. docs/doctor.md says more about each.`;
}
