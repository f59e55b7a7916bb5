/** The name that somebody most likely meant, if any is near: a typing slip, another case, or a part of it. */
export function nearName(written: string, names: readonly string[]): string | undefined {
  if (written.length > 40) return undefined;
  const typed = written.toLowerCase();
  const rated = names.map((name) => ({ name, distance: distance(typed, name.toLowerCase()) }));
  const nearest = rated.toSorted((a, b) => a.distance - b.distance)[0];
  if (nearest !== undefined && nearest.distance <= (typed.length < 5 ? 1 : 2)) return nearest.name;
  return names.find((name) => typed.length >= 3 && name.toLowerCase().startsWith(typed));
}

/** Levenshtein distance. */
function distance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let row = 1; row <= a.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= b.length; column += 1) {
      const change = (previous[column - 1] ?? 0) + (a[row - 1] === b[column - 1] ? 0 : 1);
      current.push(Math.min(change, (previous[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1));
    }
    previous = current;
  }
  return previous[b.length] ?? 0;
}
