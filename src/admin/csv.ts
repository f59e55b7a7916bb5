import type { CallView } from './call-schema.ts';

const columns = [
  'startedAt',
  'direction',
  'interlink',
  'caller',
  'dialed',
  'answeredAt',
  'endedAt',
  'postDialDelayMs',
  'durationMs',
  'outcome',
  'cause',
  'callId',
] as const satisfies readonly (keyof CallView)[];

/** Calls as RFC 4180 has it, with a line of column names. */
export function callsAsCsv(calls: readonly CallView[]): string {
  const rows = calls.map((call) => columns.map((column) => cell(String(call[column] ?? ''))));
  return [columns, ...rows].map((row) => `${row.join(',')}\r\n`).join('');
}

/** A spreadsheet takes what begins like a formula for one, and other systems choose their names themselves. */
function cell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
