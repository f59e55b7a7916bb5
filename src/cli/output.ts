import type { Failure } from '../domain/failure.ts';
import { displayText } from './display-text.ts';

/** In JSON, line ends stand between values only. */
const unsafeInJson = /(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;
/** As a shell tells of a program that was ended by SIGPIPE. */
const closedPipe = 141;

/** One line on stderr: what went wrong, what to do, and the code that scripts can rely on. */
export function printFailure(failure: Failure, json = false): void {
  const { code, message, remedy } = failure;
  const line = json
    ? safeJson({ error: failure })
    : displayText(`interlinks: ${sentence(message)} ${sentence(remedy)} [${code}]`);
  process.stderr.write(`${line}\n`);
}

/** One line that ends as a sentence does. */
export function sentence(text: string): string {
  const line = text.trim().replaceAll(/\s+/g, ' ');
  return /[.!?]$/.test(line) ? line : `${line}.`;
}

export function printJson(value: unknown): void {
  process.stdout.write(`${safeJson(value, 2)}\n`);
}

/** One line for each value, for readers that follow along. */
export function printJsonLine(value: unknown): void {
  process.stdout.write(`${safeJson(value)}\n`);
}

/** The same value, with everything escaped that could steer a terminal. */
function safeJson(value: unknown, indent?: number): string {
  return JSON.stringify(value, null, indent).replaceAll(unsafeInJson, (character) =>
    Array.from(character.split(''), (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`).join(
      '',
    ),
  );
}

export function printLine(line: string): void {
  process.stdout.write(`${displayText(line)}\n`);
}

/** A line for people on stderr. */
export function printNotice(line: string): void {
  process.stderr.write(`${displayText(line)}\n`);
}

/**
 * Ends the process in one line when its output can no longer be written: a reader such as `head` that has enough is
 * no fault, a full disk is.
 */
export function endWithOutput(): void {
  process.stderr.on('error', () => undefined);
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') {
      printFailure({
        code: 'output-unwritable',
        message: `The output cannot be written: ${error.message}`,
        remedy: 'What was asked for may have been done; look before you repeat it',
      });
    }
    // oxlint-disable-next-line unicorn/no-process-exit -- nobody reads what would come, and --watch never ends
    process.exit(error.code === 'EPIPE' ? closedPipe : 1);
  });
}
