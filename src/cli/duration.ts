const unitMs = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** Reads `90s`, `15m`, `72h`, `30d`. @returns milliseconds, or undefined when it is no duration */
export function parseDuration(text: string): number | undefined {
  const match = /^(\d{1,6})([smhd])$/.exec(text);
  if (match === null) return undefined;
  const [, count, unit] = match;
  return Number(count) * unitMs[unit as keyof typeof unitMs];
}
