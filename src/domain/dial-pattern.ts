/** What stands for one digit in a pattern, as extensions.conf has it. */
const digitClasses: Readonly<Record<string, string>> = { X: '[0-9]', Z: '[1-9]', N: '[2-9]' };

/**
 * Whether an extension's pattern takes a number of digits. What is no pattern, and one with a syntax that is not
 * understood, takes none.
 * @see https://docs.asterisk.org/Configuration/Dialplan/Pattern-Matching/
 */
export function matchesPattern(pattern: string, digits: string): boolean {
  if (!pattern.startsWith('_')) return false;
  const parts = pattern.slice(1).match(/\[[^\]]*\]|./g) ?? [];
  let expression = '';
  for (const part of parts) {
    if (part === '-') continue;
    if (part === '.') expression += '.+';
    else if (part === '!') expression += '.*';
    else if (/^\[[0-9*#-]+\]$/.test(part)) expression += part;
    else if (/^[0-9*#]$/.test(part)) expression += `[${part}]`;
    else if (digitClasses[part.toUpperCase()] === undefined) return false;
    else expression += digitClasses[part.toUpperCase()];
  }
  try {
    return new RegExp(`^(?:${expression})$`).test(digits);
  } catch {
    // A range that goes down.
    return false;
  }
}
