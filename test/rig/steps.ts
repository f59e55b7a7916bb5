import { styleText } from 'node:util';

/** Prints a line for a step when it is done, with the time it took, and under it what `tell` makes of the result. */
export async function step<T>(
  what: string,
  work: () => Promise<T>,
  tell?: (result: T) => string,
): Promise<T> {
  const began = performance.now();
  const result = await work();
  const seconds = ((performance.now() - began) / 1000).toFixed(1).padStart(5);
  print(`${styleText('green', '✓')} ${styleText('dim', `${seconds} s`)}  ${what}`);
  if (tell !== undefined) print(`            ${styleText('dim', tell(result))}`);
  return result;
}

/** Writes a line. */
export function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
