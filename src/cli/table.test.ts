import { expect, test } from 'vitest';
import { displayWidth } from './display-text.ts';
import { tableLines } from './table.ts';

const head = ['NAME', 'STATE', 'ID'];
const rows = [
  ['Zürich', { text: 'connected', colour: 'green' as const }, 'a1'],
  ['東京本社', 'does not answer', 'b2'],
  ['\u001B[31mevil\u0007', 'connected', 'c3'],
];

// eslint-disable-next-line no-control-regex -- the colours are what is taken off
const plain = (lines: readonly string[]) => lines.map((line) => line.replaceAll(/\u001B\[\d+m/g, ''));

test('columns are aligned whatever the characters, and a name cannot colour anything', () => {
  expect(plain(tableLines(head, rows, Infinity))).toEqual([
    'NAME        STATE            ID',
    'Zürich      connected        a1',
    '東京本社    does not answer  b2',
    '?[31mevil?  connected        c3',
  ]);
});

test('on a narrow terminal the widest columns are cut, and every line fits', () => {
  const lines = plain(tableLines(head, rows, 24));
  expect(lines[2]).toBe('東京本社   does not…  b2');
  expect(lines.map(displayWidth).every((width) => width <= 24)).toBe(true);
});

test('a table without rows is its head', () => {
  expect(plain(tableLines(head, [], 80))).toEqual(['NAME  STATE  ID']);
});
