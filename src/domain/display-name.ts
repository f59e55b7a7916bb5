const maxLength = 40;
const unprintable = /[\p{C}\p{Zl}\p{Zp}]/u;

/**
 * Reads a name that a person chose: 1 to 40 characters (code points) without control, format or bidirectional
 * characters and without line breaks; composed (NFC), spaces around it removed.
 * @returns undefined when it is no such name
 */
export function parseDisplayName(text: string): string | undefined {
  const name = text.normalize('NFC').trim();
  const { length } = Array.from(name);
  return length === 0 || length > maxLength || unprintable.test(name) ? undefined : name;
}

/** Makes what another system sent fit to show: drops what cannot be printed, cuts at 40 characters. May be empty. */
export function cleanDisplayName(text: string): string {
  const printable = Array.from(text.normalize('NFC'))
    .filter((character) => !unprintable.test(character))
    .join('')
    .trim();
  return Array.from(printable).slice(0, maxLength).join('').trim();
}
