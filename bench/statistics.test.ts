import fc from 'fast-check';
import { expect, test } from 'vitest';
import { median, quantile, summarize } from './statistics.ts';

const upTo = (last: number): number[] => Array.from({ length: last }, (_, index) => index + 1);

test('takes percentiles by nearest rank, whatever the order of the sample', () => {
  expect(summarize(upTo(1000).toReversed())).toEqual({ count: 1000, median: 500, p90: 900, p99: 990 });
  expect(summarize([3, 1, 2])).toEqual({ count: 3, median: 2, p90: 3, p99: 3 });
  expect(summarize([7])).toEqual({ count: 1, median: 7, p90: 7, p99: 7 });
});

test('gives no number for an empty sample', () => {
  expect(median([])).toBeNaN();
});

test('always gives a value of the sample that the asked part of it is not above', () => {
  const sample = fc.array(fc.integer(), { minLength: 1, maxLength: 50 });
  fc.assert(
    fc.property(sample, fc.constantFrom(0, 0.5, 0.9, 0.99, 1), (values, part) => {
      const value = quantile(values, part);
      expect(values).toContain(value);
      const notAbove = values.filter((other) => other <= value).length;
      const below = values.filter((other) => other < value).length;
      expect(notAbove).toBeGreaterThanOrEqual(values.length * part);
      expect(below).toBeLessThanOrEqual(values.length * part);
    }),
  );
});
