import { expect, test } from 'vitest';
import { numberBlocks } from './number-blocks.ts';

test('numbers are kept by all but their last two characters', () => {
  const blocks = numberBlocks(['101', '150', '7', '42', '*97', '1201', '1299']);
  expect(Object.fromEntries(blocks)).toEqual({
    '': ['7', '42'],
    1: ['01', '50'],
    '*': ['97'],
    12: ['01', '99'],
  });
});

test('no numbers, no blocks', () => {
  expect(numberBlocks([]).size).toBe(0);
});
