/** Milliseconds since the epoch as ISO 8601. */
export function iso(ms: number): string {
  return new Date(ms).toISOString();
}

/** A property that is left out when its value is undefined. */
export function optional<K extends string, T, U>(
  key: K,
  value: T | undefined,
  view: (value: T) => U,
): { [P in K]?: U } {
  // oxlint-disable-next-line typescript/consistent-type-assertions -- TypeScript cannot see that the key is K
  return value === undefined ? {} : ({ [key]: view(value) } as { [P in K]: U });
}
