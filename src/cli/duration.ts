import { InvalidArgumentError } from 'commander';

const unitMs = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/**
 * Reads an option such as `90s`, `15m`, `72h`, `30d`.
 *
 * @returns milliseconds
 * @throws {InvalidArgumentError} when it is no duration
 */
export function duration(text: string): number {
  const match = /^(\d{1,6})([smhd])$/.exec(text);
  if (match === null) throw new InvalidArgumentError('Write a number and s, m, h or d, such as 72h.');
  const [, count, unit] = match;
  return Number(count) * unitMs[unit as keyof typeof unitMs];
}
