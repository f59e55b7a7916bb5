import { stringify } from 'yaml';

/** A value as an admin would write it on one line of YAML, such as `[PJSIP/101, PJSIP/102]`. */
export function flowText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(flowText).join(', ')}]`;
  if (typeof value === 'object' && value !== null) {
    const pairs = Object.entries(value).map(([key, inner]) => `${key}: ${flowText(inner)}`);
    return `{ ${pairs.join(', ')} }`;
  }
  const text = stringify(value, { lineWidth: 0 }).trim();
  return /^[^"].*[,[\]{}]/.test(text) ? JSON.stringify(value) : text;
}
