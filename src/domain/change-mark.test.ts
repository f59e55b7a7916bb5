import { expect, test } from 'vitest';
import { isNewerMark, openMark, sealedMarkForm, sealMark } from './change-mark.ts';

const mark = { madeAt: 1_790_000_000_000, tag: 'abcdefghijklmnopqrst-_' };

test('a sealed mark is opened by who sealed it, and by nobody else', () => {
  const sealed = sealMark('own key', mark);
  expect(sealed).toMatch(sealedMarkForm);
  expect(openMark('own key', sealed)).toEqual(mark);
  expect(openMark('another key', sealed)).toBeUndefined();
});

test.each([
  ['a later time', (sealed: string) => sealed.replace(/^1/, '2')],
  ['another tag', (sealed: string) => sealed.replace('.a', '.b')],
  ['a cut MAC', (sealed: string) => sealed.slice(0, -1)],
  ['nothing', () => ''],
])('a mark made up with %s is none', (_, change) => {
  expect(openMark('own key', change(sealMark('own key', mark)))).toBeUndefined();
});

test('of two marks the later is newer, whatever its length', () => {
  const [early, late] = [9, 10].map((madeAt) => sealMark('own key', { ...mark, madeAt })) as [string, string];
  expect(isNewerMark(late, early)).toBe(true);
  expect(isNewerMark(early, late)).toBe(false);
  expect(isNewerMark(late, late)).toBe(false);
  expect(isNewerMark(early, undefined)).toBe(true);
});
