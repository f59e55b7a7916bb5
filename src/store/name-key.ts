/**
 * The form in which names are compared: without regard to case and to the way accents are encoded. Computed here
 * because SQLite's `lower()` knows ASCII only. Upper case first, so that "ß" and "SS", "σ" and "ς" are equal.
 */
export function nameKey(name: string): string {
  return name.toUpperCase().toLowerCase().normalize('NFC');
}
