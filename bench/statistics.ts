/** The least value of a sample that so much of it (0 to 1) is not above, by nearest rank; NaN of an empty one. */
export function quantile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * part) - 1)] ?? Number.NaN;
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** What the results say of a sample, in its own unit. */
export interface Summary {
  readonly count: number;
  readonly median: number;
  readonly p90: number;
  readonly p99: number;
}

export function summarize(values: readonly number[]): Summary {
  return {
    count: values.length,
    median: round(median(values)),
    p90: round(quantile(values, 0.9)),
    p99: round(quantile(values, 0.99)),
  };
}

/** Three digits after the point are more than any of the figures is worth. */
export function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
